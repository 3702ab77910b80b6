import * as pulumi from "@pulumi/pulumi";

import { InvalidArgsError } from "../../components";
import { readConfig } from "../../config";
import { quiet, startWorld } from "./mocks";

const GOOD: Record<string, unknown> = {
  region: "fra1",
  managers: { count: 3 },
  firewall: { sshFrom: ["192.0.2.7/32"] },
};

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
    const all = {
      region: "fra1",
      managers: { count: 2, allowEvenCount: true, size: "s-2", revision: 4, skip: [1] },
      workers: {
        web: { count: 1, labels: { tier: "web" }, nodes: { "0": { availability: "drain", revision: "x" } } },
      },
      firewall: {
        sshFrom: ["192.0.2.7/32"],
        dockerApiFrom: ["192.0.2.8/32"],
        allowWorldDockerApi: false,
        publish: ["80/tcp"],
      },
      vpc: { id: "an-id", range: "10.0.0.0/20" },
      ssh: { publicKey: "PUBLIC", privateKey: "PRIVATE", additionalKeys: ["1"] },
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
        rejoin: 1,
      },
      dockerVersion: "28.5.1",
      dockerMirror: "https://mirror.example/docker",
      controlEndpoint: "firstManager",
      tags: ["prod"],
      timeouts: { ssh: 1, boot: 1, join: 1, drain: 1 },
    };
    await configure({ name: "prod", ...all });
    expect(readConfig()).toEqual({ name: "prod", args: all });
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
      { workers: { web: { count: 1, nodes: { "0": { size: 4 } } } } },
      "workers.web.nodes.0.size",
      /expected string/,
    ],
    [
      "a value that is none of the choices",
      { controlEndpoint: "dns" },
      "controlEndpoint",
      /reservedIp.*firstManager/,
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
      "a number where a label's value is text",
      { workers: { web: { count: 1, labels: { a: 1 } } } },
      "workers.web.labels.a",
      /expected string/,
    ],
    ["a list of wrong type", { tags: ["a", 2] }, "tags.1", /expected string, received number/],
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
