import { readFileSync } from "node:fs";
import * as path from "node:path";

import { readConfig } from "../../config";
import { configure, faults, GOOD } from "./stack-config";

/** Every key that there is, with a value that the program gets as it is. */
const EVERYTHING = {
  region: "fra1",
  managers: {
    count: 2,
    allowEvenCount: true,
    size: "s-2",
    image: "debian-13-x64",
    monitoring: true,
    backups: false,
    ipv6: true,
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
    inbound: [{ ports: "icmp", addresses: ["192.0.2.0/24"], tags: ["office"], loadBalancers: ["an-id"] }],
    outbound: [{ ports: "443/tcp", addresses: ["0.0.0.0/0"] }],
  },
  vpc: { id: "an-id", range: "10.0.0.0/20" },
  ssh: {
    publicKey: "PUBLIC",
    privateKey: "PRIVATE",
    existingKey: "AB:CD",
    additionalKeys: ["12:34"],
    port: 2222,
    user: "ops",
    proxy: { host: "192.0.2.1", port: 22, user: "jump", privateKey: "ITS", hostKey: "OPEN" },
  },
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
    reconcile: "again",
    generation: 2,
  },
  dockerApi: { renewal: 1 },
  dockerVersion: "28.5.1",
  dockerMirror: "https://mirror.example/docker",
  securityUpdates: "on",
  daemon: {
    logDriver: "local",
    logOptions: { "max-size": "20m" },
    registryMirrors: ["https://mirror.example"],
    insecureRegistries: ["registry.example:5000"],
    metricsAddress: "127.0.0.1:9323",
    labels: { zone: "a" },
    raw: {},
  },
  cloudInit: "#cloud-config",
  tags: ["prod"],
  project: "1c2bb1a4-7f1c-4c1d-9d8c-0123456789ab",
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
    const schema = /const node = \{[^]*?\n\/\*\* The cluster's name/.exec(source)?.[0] ?? "";
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
