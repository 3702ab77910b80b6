import * as pulumi from "@pulumi/pulumi";

import { makeEveryKind, resourceKinds } from "./every-kind";
import { DROPLET, type Recorded } from "./mocks";
import { callTransforms } from "./transform-engine";

async function transformedBy(transform: pulumi.ResourceTransform): Promise<Recorded[]> {
  const worlds = await makeEveryKind(() => {
    callTransforms();
    return { transforms: [transform] };
  });
  return worlds.flatMap(({ resources }) => resources);
}

test("a transform of the cluster reaches every resource of every kind that there is", async () => {
  const all = await transformedBy(({ props, opts }) => ({ props, opts: { ...opts, protect: true } }));
  expect(all.filter(({ protect }) => !protect).map(({ name }) => name)).toEqual([]);
  const kinds = new Set(all.map(({ type }) => type.split(":").at(-1)));
  expect([...kinds]).toEqual(expect.arrayContaining(resourceKinds()));
});

test("it changes properties and options of what it is for, beside the component's own", async () => {
  // As docs/operations.md has it.
  const all = await transformedBy(({ type, props, opts }) =>
    type === "digitalocean:index/droplet:Droplet"
      ? {
          props: { ...props, dropletAgent: false },
          opts: pulumi.mergeOptions(opts, { ignoreChanges: ["dropletAgent"] }),
        }
      : undefined,
  );
  const droplets = all.filter(({ type }) => type === DROPLET);
  expect(droplets.length).toBeGreaterThan(0);
  for (const { inputs, ignoreChanges } of droplets) {
    expect(inputs).toMatchObject({ dropletAgent: false, region: "fra1" });
    expect(ignoreChanges).toEqual(expect.arrayContaining(["userData", "dropletAgent"]));
  }
  const others = all.filter(({ type }) => type !== DROPLET);
  expect(others.filter(({ ignoreChanges }) => ignoreChanges.includes("dropletAgent"))).toEqual([]);
});
