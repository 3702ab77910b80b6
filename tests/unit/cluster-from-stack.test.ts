import { execFileSync } from "node:child_process";
import * as path from "node:path";

import type { ClusterOutputs } from "../../components";
import { CLUSTER } from "./cluster";
import { consume } from "./consume-stack";
import { valueOf } from "./mocks";
import { lookInto, type Out, runProgram } from "./run-program";

const STACK = "organization/digitalocean-swarm/dev";
const EVERYTHING = {
  "digitalocean-swarm:firewall": JSON.stringify({ ...CLUSTER.firewall, dockerApiFrom: ["192.0.2.0/24"] }),
  "digitalocean-swarm:swarm": JSON.stringify({ autolock: true }),
};

async function lookIntoAll(cluster: ClusterOutputs): Promise<Record<string, Out>> {
  const all = Object.entries(cluster).map(async ([name, output]) => [name, await lookInto(output)] as const);
  return Object.fromEntries(await Promise.all(all));
}

test("every output of a cluster's stack comes as it is, and what is secret stays secret", async () => {
  const { outputs } = await runProgram(false, EVERYTHING);
  const seen = await lookIntoAll(await consume(STACK, outputs));
  expect(Object.keys(seen).sort()).toEqual(Object.keys(outputs).sort());
  expect(seen).toEqual(outputs);
  expect(Object.values(seen).some(({ secret }) => secret)).toBe(true);
});

test("what a cluster need not have is undefined where it has it not", async () => {
  const { outputs } = await runProgram(false);
  const seen = await lookIntoAll(await consume(STACK, outputs));
  const missing = Object.keys(seen).filter(name => seen[name]?.value === undefined);
  expect(missing.sort()).toEqual(["dockerApi", "unlockKey"]);
});

test("an output that the stack does not have is an error for whoever uses it, with the names of both", () => {
  const script = path.join(__dirname, "missing-output.ts");
  const out = execFileSync(process.execPath, ["--require", "ts-node/register/transpile-only", script], {
    encoding: "utf8",
  });
  const [tag, missing] = JSON.parse(out) as [string, [ofUser: boolean, message: string]];
  expect(tag).toBe("swarm");
  expect(missing).toEqual([
    true,
    expect.stringMatching(
      /stack "me\/cluster\/dev" has no output "vpcRange": it is not the stack of a cluster/,
    ),
  ]);
});

test("types are those of the cluster", async () => {
  const { outputs } = await runProgram(false, EVERYTHING);
  const { managers, dockerApi, unlockKey } = await consume(STACK, outputs);
  const first: string | undefined = await valueOf(managers.apply(([node]) => node?.privateAddress));
  const host: string | undefined = await valueOf(dockerApi.apply(api => api?.host));
  const key: string | undefined = await valueOf(unlockKey);
  expect([first, host, key]).toEqual(["10.110.0.10", "tcp://198.51.100.1:2376", "SWMKEY-1-demo"]);
});
