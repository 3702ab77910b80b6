import { readFileSync } from "node:fs";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { InvalidArgsError } from "../../components";
import { readConfig } from "../../config";
import { quiet, startWorld } from "./mocks";

const GOOD: Record<string, unknown> = {
  region: "fra1",
  managers: { count: 3 },
  firewall: { sshFrom: ["192.0.2.7/32"] },
};

/** Every key that there is, with a value that the program gets as it is. */
const EVERYTHING = {
  region: "fra1",
  managers: {
    count: 2,
    allowEvenCount: true,
    size: "s-2",
    image: "debian-13-x64",
    labels: { tier: "control" },
    availability: "drain",
    revision: "r4",
    skip: [1],
    nodes: { "0": { size: "s-4" } },
  },
  workers: {
    web: {
      count: 1,
      size: "s-1",
      image: "debian-12-x64",
      labels: { tier: "web", ssd: "yes" },
      availability: "active",
      revision: "r2",
      skip: [0],
      nodes: {
        "1": { size: "s-2", image: "a", labels: { b: "c" }, availability: "drain", revision: "x" },
      },
    },
  },
  firewall: {
    sshFrom: ["192.0.2.7/32"],
    dockerApiFrom: ["192.0.2.8/32"],
    allowWorldDockerApi: false,
    publish: ["80/tcp"],
  },
  vpc: { id: "an-id", range: "10.0.0.0/20" },
  ssh: { publicKey: "PUBLIC", privateKey: "PRIVATE", existingKey: "AB:CD", additionalKeys: ["12:34"] },
  swarm: {
    advertise: "private",
    listen: "any",
    listenPort: 2377,
    dataPath: "private",
    dataPathPort: 4789,
    addressPools: ["10.192.0.0/11"],
    addressPoolSize: 24,
    workerTokenRotation: 1,
    managerTokenRotation: 1,
    certificateDays: 30,
    externalCas: ["https://ca.example.com"],
    caRotation: 2,
    autolock: true,
    unlockKeyRotation: 3,
    encryptedOverlays: false,
    reconcile: "again",
    generation: 2,
  },
  dockerApi: { renewal: 1 },
  dockerVersion: "28.5.1",
  dockerMirror: "https://mirror.example/docker",
  securityUpdates: "on",
  tags: ["prod"],
  timeouts: { ssh: 1, boot: 1, join: 1, drain: 1 },
};
/** Keys that take one of some words. */
const CHOICES = /(^|\.)(availability|advertise|listen|dataPath|securityUpdates)$/;

type Leaf = string | number | boolean;
/** The value with each leaf replaced, which is told its path: `workers.web.count`. */
function mapLeaves(value: unknown, change: (leaf: Leaf, path: string) => Leaf, path = ""): unknown {
  if (typeof value !== "object" || value === null) return change(value as Leaf, path);
  const at = (key: string | number) => (path === "" ? String(key) : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((item, i) => mapLeaves(item, change, at(i)));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapLeaves(item, change, at(key))]),
  );
}

/** What `pulumi config set --path KEY TEXT` stores: https://github.com/pulumi/pulumi, sdk/go/common/resource/config. */
function stored(text: string): Leaf {
  if (text === "true" || text === "false") return text === "true";
  if (text.length > 1 && text.startsWith("0")) return text;
  return /^[+-]?\d+$/.test(text) ? Number(text) : text;
}

/** Sets the stack's configuration as the engine hands it over: plain text as it is, the rest as JSON. */
async function configure(values: Record<string, unknown>): Promise<void> {
  await startWorld();
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [
          key.includes(":") ? key : `digitalocean-swarm:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
    ),
  );
}

async function faults(values: Record<string, unknown>): Promise<Record<string, string>> {
  await configure(values);
  try {
    readConfig();
  } catch (error) {
    if (!(error instanceof InvalidArgsError)) throw error;
    return Object.fromEntries(error.faults.map(({ path, reason }) => [path, reason]));
  }
  return {};
}

describe("sound configuration", () => {
  test("the least there can be", async () => {
    await configure(GOOD);
    expect(readConfig()).toEqual({ name: "swarm", args: GOOD });
  });

  test("everything there is", async () => {
    await configure({ name: "prod", ...EVERYTHING });
    expect(readConfig()).toEqual({ name: "prod", args: EVERYTHING });
  });

  test("has every key of the schema, so that the tests below miss none", () => {
    const source = readFileSync(path.resolve(__dirname, "../../config.ts"), "utf8");
    const schema = /const node = \{[^]*?\n};\n\n\/\*\* The cluster's name/.exec(source)?.[0] ?? "";
    const keys = [...schema.matchAll(/\b(\w+): (?:z\.|text|number|truth)/g)].map(([, key]) => key ?? "");
    const known = new Set(JSON.stringify({ name: "prod", ...EVERYTHING }).match(/"\w+"(?=:)/g));
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.filter(key => !known.has(`"${key}"`))).toEqual([]);
  });

  test.each<[string, Leaf, string]>([
    ["a number", 195932981, "195932981"],
    ["a fraction", 1.5, "1.5"],
    ["true", true, "true"],
  ])("wherever text is wanted, %s is taken for its text", async (_, given, got) => {
    const isText = (leaf: Leaf, at: string) => typeof leaf === "string" && !CHOICES.test(at);
    await configure(
      mapLeaves(EVERYTHING, (leaf, at) => (isText(leaf, at) ? given : leaf)) as typeof EVERYTHING,
    );
    expect(readConfig().args).toEqual(mapLeaves(EVERYTHING, (leaf, at) => (isText(leaf, at) ? got : leaf)));
  });

  test("every key can be set with `pulumi config set --path`", async () => {
    const all = mapLeaves(EVERYTHING, leaf => stored(String(leaf))) as typeof EVERYTHING;
    await configure(all);
    expect(readConfig().args).toEqual(EVERYTHING);
    const numbers = {
      ...EVERYTHING,
      managers: { count: 3, image: "195932981", labels: { a: "true", b: "0123" } },
    };
    await configure(mapLeaves(numbers, leaf => stored(String(leaf))) as typeof EVERYTHING);
    expect(readConfig().args).toEqual(numbers);
  });

  test("every key can be set as a secret, which is always text", async () => {
    await configure(mapLeaves(EVERYTHING, String) as typeof EVERYTHING);
    expect(readConfig().args).toEqual(EVERYTHING);
  });

  test("a published port may be written as a number", async () => {
    await configure({ ...GOOD, firewall: { sshFrom: [], publish: [80, "443/tcp"] } });
    expect(readConfig().args.firewall.publish).toEqual(["80", "443/tcp"]);
  });

  test("text that looks like a number stays text", async () => {
    await configure({ ...GOOD, name: "7" });
    expect(readConfig().name).toBe("7");
  });

  test("other projects' and providers' keys are none of its business", async () => {
    expect(await faults({ ...GOOD, "digitalocean:token": "x", "aws:region": "y" })).toEqual({});
  });
});

describe("faults", () => {
  test("every missing key is named, and how to set it", async () => {
    expect(await faults({})).toEqual({
      region: "is missing: set it with `pulumi config set --path 'region' VALUE`, or in Pulumi.STACK.yaml",
      managers: expect.stringMatching(
        /^is missing: set it with `pulumi config set --path 'managers'/,
      ) as string,
      firewall: expect.stringMatching(/^is missing/) as string,
    });
  });

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    [
      "text for a number",
      { managers: { count: "three" } },
      "managers.count",
      /expected number, received string/,
    ],
    ["no count", { managers: {} }, "managers.count", /expected number, received undefined/],
    ["text for an object", { managers: "three" }, "managers", /expected object, received string/],
    ["an object for a list", { firewall: { sshFrom: {} } }, "firewall.sshFrom", /expected array/],
    [
      "a wrong type deep down",
      { workers: { web: { count: 1, nodes: { "0": { size: ["s-1"] } } } } },
      "workers.web.nodes.0.size",
      /expected string, received array/,
    ],
    [
      "a value that is none of the choices",
      { securityUpdates: "weekly" },
      "securityUpdates",
      /"image"\|"on"\|"off"/,
    ],
    [
      "a misspelt choice",
      { managers: { count: 1, availability: "drained" } },
      "managers.availability",
      /"active"\|"pause"\|"drain"/,
    ],
    [
      "a misspelt key inside",
      { managers: { count: 1, sizes: "s-2" } },
      "managers",
      /[Uu]nrecognized key.*sizes/,
    ],
    [
      "a list where a label's value is text",
      { workers: { web: { count: 1, labels: { a: [] } } } },
      "workers.web.labels.a",
      /expected string/,
    ],
    ["a list of wrong type", { tags: ["a", {}] }, "tags.1", /expected string, received object/],
    [
      "a number that is not the one that was written",
      { managers: { count: 1, revision: 2 ** 60 } },
      "managers.revision",
      /is not exact: write it in quotes/,
    ],
    ["a fraction as text for a number", { managers: { count: "1.5" } }, "managers.count", /expected number/],
    ["text for a truth value", { swarm: { autolock: "yes" } }, "swarm.autolock", /expected boolean/],
  ])("%s", async (_, values, path, reason) => {
    const found = await faults({ ...GOOD, ...values });
    expect(Object.keys(found)).toEqual([path]);
    expect(found[path]).toMatch(reason);
  });

  test("an unknown key is named together with the known ones", async () => {
    const found = await faults({ ...GOOD, manager: { count: 3 } });
    expect(Object.keys(found)).toEqual(["manager"]);
    expect(found.manager).toMatch(
      /^is not a key of this program; it takes name, region, managers, workers, /,
    );
  });

  test("all of them in one error, which the CLI prints without a stack trace", async () => {
    await configure({ managers: { count: "x" }, colour: "red" });
    expect(() => readConfig()).toThrow(pulumi.RunError);
    expect(() => readConfig()).toThrow(
      /^Stack configuration: 4 faults in the arguments\n {2}- region: .*\n {2}- managers\.count: .*\n {2}- firewall: .*\n {2}- colour: .*$/,
    );
  });
});

test("the program makes nothing when its configuration is faulty", async () => {
  const world = await startWorld();
  pulumi.runtime.setAllConfig({ "digitalocean-swarm:region": "fra1" });
  jest.isolateModules(() => {
    expect(() => jest.requireActual<object>("../../index")).toThrow(/Stack configuration: 2 faults/);
  });
  await quiet();
  expect(world.resources).toEqual([]);
});
