import * as command from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

import { functionNames, makeEveryKind, resourceKinds } from "./every-kind";

const PROVIDERS = {
  digitalocean: () => new digitalocean.Provider("mine", { token: "TOKEN" }),
  command: () => new command.Provider("mine"),
  tls: () => new tls.Provider("mine"),
};
/** Who makes a resource of this type: `digitalocean`. */
const packageOf = (type: string) => type.split(":")[0] as keyof typeof PROVIDERS;

/** Makes clusters with these options, and says which provider each resource and each call went to. */
async function sentTo(options: () => pulumi.ComponentResourceOptions) {
  const worlds = await makeEveryKind(options);
  const made = worlds
    .flatMap(({ resources }) => resources)
    .filter(({ type }) => Object.keys(PROVIDERS).includes(packageOf(type)));
  return { made, calls: worlds.flatMap(({ calls }) => calls) };
}

test("providers that are given by `providers` make everything, and answer every call", async () => {
  const { made, calls } = await sentTo(() => ({ providers: Object.values(PROVIDERS).map(make => make()) }));
  expect(made.map(({ type, name, provider }) => [type, name, provider])).toEqual(
    made.map(({ type, name }) => [type, name, `${packageOf(type)} mine`]),
  );
  expect([...new Set(made.map(({ type }) => type.split(":").at(-1)))].sort()).toEqual(resourceKinds());
  expect(calls.filter(({ provider }) => provider !== "digitalocean mine")).toEqual([]);
  expect([...new Set(calls.map(({ name }) => name))].sort()).toEqual(functionNames());
});

test("one that is given by `provider` makes what is of its kind", async () => {
  const { made, calls } = await sentTo(() => ({ provider: PROVIDERS.digitalocean() }));
  expect(made.map(({ type, name, provider }) => [type, name, provider])).toEqual(
    made.map(({ type, name }) => [type, name, packageOf(type) === "digitalocean" ? "digitalocean mine" : ""]),
  );
  expect(calls.filter(({ provider }) => provider !== "digitalocean mine")).toEqual([]);
});
