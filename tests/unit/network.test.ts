import { output } from "@pulumi/pulumi";

import { keepOutOfVpc } from "../../components/network/address-pools";
import { makeCluster } from "./cluster";
import { DROPLET } from "./mocks";
import { UNKNOWN } from "./unwrap";

const DEFAULT = { id: "the-default", region: "fra1", ipRange: "10.114.0.0/20" };
const answers = { getVpc: () => DEFAULT };
const droplets = (world: Awaited<ReturnType<typeof makeCluster>>) =>
  world.resources.filter(({ type }) => type === DROPLET);

test("by default droplets go to the region's default VPC: none is named, made or asked for", async () => {
  const world = await makeCluster();
  expect(world.list().filter(name => name.startsWith("Vpc"))).toEqual([]);
  for (const droplet of droplets(world)) {
    expect(droplet.inputs).not.toHaveProperty("vpcUuid");
    // The provider gives back which one it was; that is no edit.
    expect(droplet.ignoreChanges).toContain("vpcUuid");
  }
});

test("`vpc: {}` makes one whose range DigitalOcean chooses", async () => {
  const world = await makeCluster({ vpc: {} }, { answers });
  expect(world.get("demo", "Vpc").inputs).toEqual({ region: "fra1" });
  for (const droplet of droplets(world)) expect(droplet.inputs.vpcUuid).toBe("demo-id");
  expect(world.warnings).toEqual([]);
});

test("`vpc.range` makes one with this range", async () => {
  const world = await makeCluster({ vpc: { range: "10.20.0.0/16" } }, { answers });
  expect(world.get("demo", "Vpc").inputs).toEqual({ region: "fra1", ipRange: "10.20.0.0/16" });
});

test.each(["theirs", output("theirs")])("`vpc.id` takes an existing one, of the same region", async id => {
  const asked: object[] = [];
  const getVpc = (inputs: object) => {
    asked.push(inputs);
    return { ...DEFAULT, id: "theirs" };
  };
  const world = await makeCluster({ vpc: { id } }, { answers: { getVpc } });
  expect(asked).toEqual([{ id: "theirs" }]);
  expect(world.list()).not.toContain("Vpc demo");
  for (const droplet of droplets(world)) expect(droplet.inputs.vpcUuid).toBe("theirs");
});

test("a VPC of one's own is made beside the region's default one, which is looked for", async () => {
  const asked: object[] = [];
  const getVpc = (inputs: object) => {
    asked.push(inputs);
    return DEFAULT;
  };
  await makeCluster({ vpc: {} }, { answers: { getVpc } });
  expect(asked).toEqual([{ region: "fra1" }]);
});

test("one that has become the default is warned of", async () => {
  const world = await makeCluster({ vpc: {} }, { answers, vpc: { default: true } });
  expect(world.warnings).toEqual([
    expect.stringMatching(
      /become the default one of fra1, which DigitalOcean never deletes: `destroy` will fail/,
    ),
  ]);
});

test("in a preview a VPC that is not there yet has no range, and nothing is said of it", async () => {
  const world = await makeCluster({ vpc: {} }, { answers, preview: true });
  expect(world.get("demo-web-0").inputs.vpcUuid).toBe(UNKNOWN);
});

test("what is slow to be deleted has time for it", async () => {
  const world = await makeCluster({ vpc: {} }, { answers });
  const patient = world.resources.filter(one => one.deleteTimeout !== "");
  expect(new Set(patient.map(one => `${one.type.split(":").at(-1) ?? ""} ${one.deleteTimeout}`))).toEqual(
    new Set(["Droplet 10m", "Vpc 10m"]),
  );
  expect(patient).toHaveLength(6);
});

test("address pools that overlap a VPC are faults that name both ranges", () => {
  const faults = (pools: string[], range?: string) => {
    const found: [string, string][] = [];
    keepOutOfVpc(pools, range, (reason, below = "") => void found.push([below, reason]));
    return found;
  };
  expect(faults(["10.192.0.0/11"], "10.114.0.0/20")).toEqual([]);
  expect(faults(["10.64.0.0/16", "10.96.0.0/11"], "10.114.0.0/20")).toEqual([
    [
      "[1]",
      "10.96.0.0/11 overlaps the VPC (10.114.0.0/20): containers could not reach the nodes. Choose other pools",
    ],
  ]);
  expect(faults(["10.192.0.0/11"])).toEqual([]);
});

test("SSH is let in at the port where sshd listens, and nowhere else", async () => {
  const world = await makeCluster({ ssh: { port: 2222 } });
  const rules = world.get("demo", "Firewall").inputs.inboundRules as { portRange: string }[];
  expect(rules[0]).toEqual({ protocol: "tcp", portRange: "2222", sourceAddresses: ["192.0.2.7/32"] });
  expect(rules.map(({ portRange }) => portRange)).not.toContain("22");
});
