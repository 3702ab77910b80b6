import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { findSecrets, outputSecrets } from "../secrets";
import { secured } from "../security/cluster";
import { settled } from "../swarm";
import type { World } from "../world";

/** The secrets audit, with every secret that there can be and with Commands that fail. */
export const SECRETS: readonly Scenario[] = [
  {
    name: "security: no secret in logs, previews, errors of failed commands, state, processes, journal or user data",
    run: audit,
  },
];

async function audit(world: World): Promise<void> {
  const base = { ...(await secured(world)), swarm: { autolock: true } };
  const logs: Record<string, string> = { "the log of up": (await world.up(base)).log };
  assert.deepEqual(Object.keys(outputSecrets(world)).sort(), [
    "dockerApi.key",
    "managerToken",
    "sshPrivateKey",
    "unlockKey",
    "workerToken",
  ]);
  // Each of these changes what secrets are sent, and so is shown as a difference.
  const changed = { ...base, dockerApi: { renewal: 1 }, swarm: { autolock: true, reconcile: "audit" } };
  logs["the preview"] = (await world.driver.preview(world.config(changed))).log;
  logs["the log of a join that failed"] = await failedJoin(world, base);
  logs["the log of a Docker API that failed"] = await failedApi(world, changed);
  logs["the log of the up that mended it"] = (await world.up(changed)).log;
  assert.deepEqual(await findSecrets(world, logs), []);
  await provesToFind(world);
  world.attempts.check(
    Object.keys(outputSecrets(world)).map(name => ({
      topic: "secrets audit",
      from: "whoever reads logs, previews, errors, state, processes, journal, history or user data",
      to: "every node, and the machine that runs the program",
      what: name,
      intended: "not found",
      seen: "not found",
    })),
  );
}

async function failedJoin(world: World, base: object): Promise<string> {
  const node = world.node("worker-1");
  await world.inside(node, "systemctl stop docker.socket docker");
  const log = await world.upFails({
    ...base,
    swarm: { autolock: true, reconcile: "while-down" },
    timeouts: { boot: 5 },
  });
  assert.match(log, /worker-1: error: the Docker engine does not answer/);
  assert.equal((await world.inside(node, "systemctl start docker")).code, 0);
  await settled(world);
  return log;
}

async function failedApi(world: World, changed: object): Promise<string> {
  const node = world.node("manager-1");
  await world.inside(
    node,
    `cp -a /etc/docker/daemon.json /root/daemon.json; echo '{"hosts": []}' >/etc/docker/daemon.json`,
  );
  const log = await world.upFails({ ...changed });
  assert.match(log, /manager-1: error: \/etc\/docker\/daemon.json has "hosts"/);
  await world.inside(
    node,
    "rm /etc/docker/daemon.json; mv /root/daemon.json /etc/docker/daemon.json 2>/dev/null || true",
  );
  return log;
}

/** The search finds what is there: a token in a log, in a file and in the arguments of a process. */
async function provesToFind(world: World): Promise<void> {
  const token = world.output("workerToken");
  const node = world.node("worker-0");
  await world.inside(
    node,
    `echo ${token} >/tmp/planted; (exec -a ${world.output("managerToken")} sleep 60) >/dev/null 2>&1 &`,
  );
  const found = await findSecrets(world, { "a log": `it says ${token}` });
  await world.inside(node, "rm /tmp/planted; pkill -f '^SWMTKN'");
  assert.deepEqual(found, [
    "workerToken in a log",
    "workerToken in worker-0: processes, journal, logs, history, temporary files",
    "managerToken in worker-0: processes, journal, logs, history, temporary files",
  ]);
}
