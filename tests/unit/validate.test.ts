import * as pulumi from "@pulumi/pulumi";

import { InvalidArgsError, SwarmCluster, type SwarmClusterArgs } from "../../components";
import { asText, CLUSTER, faultsOf } from "./cluster";
import { quiet, startRecording } from "./mocks";
import { ACCESS_CASES, PROXY } from "./validate-access-cases";
import { NODE_CASES, web } from "./validate-cases";
import { HOST_CASES } from "./validate-host-cases";
import { firewall, NETWORK_CASES } from "./validate-network-cases";

describe.each(Object.entries({ ...NODE_CASES, ...HOST_CASES, ...NETWORK_CASES, ...ACCESS_CASES }))(
  "faults: %s",
  (_, cases) => {
    test.each(cases)("%s", (_title, args, path, reason) => {
      expect(faultsOf("demo", { ...CLUSTER, ...args })).toEqual([
        { path, reason: reason instanceof RegExp ? (expect.stringMatching(reason) as string) : reason },
      ]);
    });
  },
);

test.each(["Demo", "1demo", "demo_1", "demo-", "", "d".repeat(21)])("the name %p is a fault", name => {
  expect(faultsOf(name, CLUSTER)).toEqual([
    {
      path: "name",
      reason: `"${name}" cannot start a hostname: lower case letters, digits and hyphens, starting with a letter, at most 20`,
    },
  ]);
});

describe.each<[string, Partial<SwarmClusterArgs>]>([
  ["an even number of managers when it is wanted", { managers: { count: 2, allowEvenCount: true } }],
  [
    "the Docker API for the world when it is wanted",
    firewall({ dockerApiFrom: ["::/0"], allowWorldDockerApi: true }),
  ],
  ["a pool of nothing", web({ count: 0 })],
  ["the largest and smallest VPC", { vpc: { range: "192.168.0.0/16" } }],
  ["a time for `reconcile`", { swarm: { reconcile: "2026-11-25T06:38:00.5", generation: 3 } }],
  ["the longest `reconcile`", { swarm: { reconcile: "r".repeat(64) } }],
  ["a number for `reconcile`", { swarm: { reconcile: asText(0) } }],
  ["four tags", { tags: ["a", "b:c", "d_e", "f-g"] }],
  ["labels with any text", web({ labels: { "com.example/a_b": `it's "$HOME" \`x\` ; = ü` } })],
  ["another port, another user and a bastion", { ssh: { port: 2222, user: "ops_1", proxy: PROXY } }],
  ["the longest names", { workers: { [`w${"0".repeat(18)}z`]: { count: 1, revision: "r".repeat(12) } } }],
])("%s", (_, args) => {
  test("is no fault", () => expect(faultsOf("demo", { ...CLUSTER, ...args })).toEqual([]));
});

test("all faults come in one error, and nothing is made", async () => {
  const world = await startRecording();
  const make = () =>
    new SwarmCluster("Demo", {
      ...CLUSTER,
      managers: { count: 2 },
      firewall: { sshFrom: ["x"] },
      timeouts: { ssh: 0 },
    });
  expect(make).toThrow(InvalidArgsError);
  expect(make).toThrow(pulumi.RunError);
  expect(make).toThrow(
    /^SwarmCluster "Demo": 4 faults in the arguments\n {2}- name: .*\n {2}- managers\.count: .*\n {2}- timeouts\.ssh: .*\n {2}- firewall\.sshFrom\[0\]: .*$/,
  );
  await quiet();
  expect(world.resources).toEqual([]);
});

test("one fault is said in the singular", () => {
  expect(new InvalidArgsError("X", [{ path: "a", reason: "is b" }]).message).toBe(
    "X: one fault in the arguments\n  - a: is b",
  );
});

test("what comes by on the way puts nothing in front of the faults", () => {
  const error = new InvalidArgsError("X", [{ path: "a", reason: "is b" }]);
  error.message = `error serializing property "c": ${error.message}`;
  expect(error.message).toBe("X: one fault in the arguments\n  - a: is b");
});
