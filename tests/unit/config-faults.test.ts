import * as pulumi from "@pulumi/pulumi";

import { readConfig } from "../../config";
import { quiet, startRecording } from "./mocks";
import { configure, faults, GOOD } from "./stack-config";

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
  const world = await startRecording();
  pulumi.runtime.setAllConfig({ "digitalocean-swarm:region": "fra1" });
  jest.isolateModules(() => {
    expect(() => jest.requireActual<object>("../../index")).toThrow(/Stack configuration: 2 faults/);
  });
  await quiet();
  expect(world.resources).toEqual([]);
});
