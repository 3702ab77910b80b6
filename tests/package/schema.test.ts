import * as path from "node:path";

import { ComponentProvider, getPulumiComponents } from "@pulumi/pulumi/provider/experimental/provider";

import { name, version } from "../../package.json";
import * as plugin from "../../plugin";
import { OUTPUTS } from "../unit/output-names";

interface Property {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Property>>;
}
interface Schema {
  readonly name: string;
  readonly version: string;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties: Readonly<Record<string, Property>>;
        readonly requiredInputs: readonly string[];
        readonly properties: Readonly<Record<string, Property>>;
        readonly required: readonly string[];
      }
    >
  >;
  readonly types: Readonly<
    Record<string, Property & { readonly enum?: readonly { readonly value: string }[] }>
  >;
}

/** What `pulumi package get-schema` shows: Pulumi's SDK makes it of the types in `components/`, or refuses one of them. */
let schema: Schema;
beforeAll(async () => {
  const dirname = path.join(__dirname, "../..");
  const provider = new ComponentProvider({ name, dirname, components: getPulumiComponents(plugin) });
  schema = JSON.parse(await provider.getSchema()) as Schema;
});

test("other languages have SwarmCluster, by the name and version of the package", () => {
  expect([schema.name, schema.version]).toEqual(["digitalocean-swarm", version]);
  expect(Object.keys(schema.resources)).toEqual(["digitalocean-swarm:index:SwarmCluster"]);
});

test("what a program must give is what it must in TypeScript", () => {
  const cluster = schema.resources["digitalocean-swarm:index:SwarmCluster"];
  expect(cluster?.requiredInputs).toEqual(["firewall", "managers", "region"]);
  expect(Object.keys(cluster?.inputProperties ?? {})).toEqual(
    expect.arrayContaining(["workers", "swarm", "ssh"]),
  );
});

// Every field of the class is an output, also one that is private to it: this is all that others are to see.
test("the outputs are those of the stack, and nothing that is the component's own", () => {
  const { properties = {}, required = [] } = schema.resources["digitalocean-swarm:index:SwarmCluster"] ?? {};
  expect(required).toEqual(OUTPUTS);
  expect(Object.keys(properties).sort()).toEqual([...OUTPUTS, "dockerApi", "unlockKey"].sort());
});

test("words that are chosen from are enumerations", () => {
  const enums = Object.entries(schema.types).filter(([, type]) => type.enum);
  expect(
    Object.fromEntries(enums.map(([key, type]) => [key.split(":")[2], type.enum?.map(({ value }) => value)])),
  ).toEqual({
    Availability: ["active", "pause", "drain"],
    ListenAddress: ["private", "public", "any"],
    NodeAddress: ["private", "public"],
    SecurityUpdates: ["image", "on", "off"],
  });
});

test("every argument that is a value is described", () => {
  const cluster = schema.resources["digitalocean-swarm:index:SwarmCluster"];
  const all = [
    ...Object.entries(cluster?.inputProperties ?? {}).map(([key, property]) => [
      "SwarmCluster",
      key,
      property,
    ]),
    ...Object.entries(schema.types)
      .filter(([type]) => !type.endsWith("Output"))
      .flatMap(([type, { properties = {} }]) =>
        Object.entries(properties).map(([key, property]) => [type, key, property]),
      ),
  ] as [string, string, Property][];
  const silent = all.filter(([, , { description, $ref }]) => !description && !$ref);
  expect(silent.map(([type, key]) => `${type}.${key}`)).toEqual([]);
});
