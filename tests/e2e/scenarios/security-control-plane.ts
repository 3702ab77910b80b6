import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { lastOfItsCluster, type Scenario } from "../scenario";
import type { Attempt } from "../security/attempts";
import { underLoad } from "../service";
import { settled, wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";
import { BASE, workers } from "./configs";

const CERTIFICATES = "/var/lib/docker/swarm/certificates";

/** "Control plane": certificates, the root CA, locked managers, and what a node holds. */
export const CONTROL_PLANE: readonly Scenario[] = [
  {
    name: "security: autolock: a restarted manager is locked until it gets the unlock key, also after a rotation",
    run: autolock,
  },
  {
    name: "security: workers hold no manager's certificate, no token stays on disk, Raft logs are encrypted",
    run: atRest,
  },
  lastOfItsCluster({
    name: "security: the root CA rotated, certificates for a week: every node renews, tokens change, the old are refused",
    run: caRotation,
  }),
];

async function autolock(world: World): Promise<void> {
  const open = { ...BASE, swarm: { autolock: false } };
  await world.up(open);
  const clusterId = world.output("clusterId");
  // Three managers are restarted; a leader among them costs an election.
  const load = await underLoad(world, 3);
  const { secretOutputs } = await world.up({ ...BASE, swarm: { autolock: true } });
  assert.ok(secretOutputs.includes("unlockKey"));
  const first = world.output("unlockKey");
  const rows: Attempt[] = [];
  const attempt = async (node: OutputNode, what: string, key: string, intended: string) => {
    rows.push({
      topic: "locked managers",
      from: "operator",
      to: node.name,
      what,
      intended,
      seen: await unlock(world, node, key),
    });
  };
  const [, second, third] = world.nodes;
  assert.ok(second && third);
  await restartLocked(world, second);
  await attempt(second, "a wrong unlock key", `${first.slice(0, -4)}AAAA`, "stays locked");
  await attempt(second, "the unlock key", first, "unlocked");
  await settled(world);

  const rotated = { ...BASE, swarm: { autolock: true, unlockKeyRotation: 1 } };
  await world.up(rotated);
  const next = world.output("unlockKey");
  assert.notEqual(next, first);
  await world.unchanged(rotated);
  await world.eventually(60, "the managers to be locked with the new key", async () => {
    assert.equal(await world.onControl("docker swarm unlock-key --quiet"), next);
    return Promise.resolve();
  });
  await restartLocked(world, third);
  await attempt(third, "the new unlock key", next, "unlocked");
  await settled(world);

  await world.up(open);
  assert.equal(world.outputs.unlockKey, undefined);
  await restart(world, second);
  await settled(world);
  world.attempts.check(rows);
  await wellFormed(world, clusterId);
  await load.check();
  await world.unchanged(open);
}

async function restart(world: World, node: OutputNode): Promise<void> {
  const { code, stderr } = await world.inside(node, "systemctl restart docker && docker info >/dev/null");
  assert.equal(code, 0, stderr);
}

async function restartLocked(world: World, node: OutputNode): Promise<void> {
  await restart(world, node);
  assert.equal(await state(world, node), "locked");
}

async function state(world: World, node: OutputNode): Promise<string> {
  return (await world.inside(node, "docker info --format '{{.Swarm.LocalNodeState}}'")).stdout.trim();
}

/** The documented way: the key on the stdin of `docker swarm unlock`, over SSH. */
async function unlock(world: World, node: OutputNode, key: string): Promise<string> {
  await world.on(node.publicAddress, "docker swarm unlock || true", `${key}\n`);
  const seen = await state(world, node);
  return { locked: "stays locked", active: "unlocked" }[seen] ?? seen;
}

async function caRotation(world: World): Promise<void> {
  await world.up(BASE);
  const clusterId = world.output("clusterId");
  const before = world.nodes;
  const old = { worker: world.output("workerToken"), manager: world.output("managerToken") };
  const oldRoot = await rootOf(world, world.node("manager-0"));
  const load = await underLoad(world);
  // Certificates that are there stay as long as they were made for; the new root's are new.
  await world.up({ ...BASE, swarm: { certificateDays: 7 } });
  const config = { ...BASE, swarm: { caRotation: 1, certificateDays: 7 } };
  await world.up(config);
  assert.deepEqual(world.nodes, before);
  const root = await rootOf(world, world.node("manager-0"));
  assert.notEqual(root, oldRoot);
  for (const node of world.nodes) {
    assert.equal(await rootOf(world, node), root, `${node.name} trusts another root`);
    const days = await daysLeft(world, node);
    assert.ok(days > 5 && days < 8, `${node.name}'s certificate is valid for ${days} days`);
  }
  for (const role of ["worker", "manager"] as const) {
    assert.notEqual(world.output(`${role}Token`), old[role]);
    assert.equal(await world.onControl(`docker swarm join-token -q ${role}`), world.output(`${role}Token`));
  }
  await world.unchanged(config);
  const grown = { ...config, workers: workers(3) };
  await world.up(grown);
  await wellFormed(world, clusterId);
  const newcomer = world.node("worker-2");
  assert.equal((await world.inside(newcomer, "docker swarm leave")).code, 0);
  const rows: Attempt[] = [];
  for (const role of ["worker", "manager"] as const) {
    const join = `timeout 30 docker swarm join --token ${old[role]} ${world.node("manager-0").privateAddress}:2377`;
    const { code } = await world.inside(newcomer, join);
    rows.push({
      topic: "join tokens",
      from: "worker-2, which left",
      to: "manager-0",
      at: "private",
      what: `the ${role} token of before the CA's rotation`,
      intended: "turned away",
      seen: code === 0 ? "joined" : "turned away",
    });
  }
  world.attempts.check(rows);
  await world.up(config);
  await load.check();
  await world.unchanged(config);
}

async function rootOf(world: World, node: OutputNode): Promise<string> {
  const { stdout } = await world.inside(node, `cat ${CERTIFICATES}/swarm-root-ca.crt`);
  assert.match(stdout, /BEGIN CERTIFICATE/);
  return createHash("sha256").update(stdout).digest("hex");
}

async function daysLeft(world: World, node: OutputNode): Promise<number> {
  const certificate = `openssl x509 -noout -enddate -in ${CERTIFICATES}/swarm-node.crt`;
  const { stdout } = await world.inside(node, certificate);
  return (Date.parse(stdout.trim().replace("notAfter=", "")) - Date.now()) / 86_400_000;
}

async function atRest(world: World): Promise<void> {
  await world.up(BASE);
  const known = "known-to-the-test-0123456789";
  await world.onControl("docker secret rm at-rest >/dev/null 2>&1 || true");
  await world.onControl("docker secret create at-rest - >/dev/null", known);
  const rows: Attempt[] = [];
  for (const node of world.nodes) {
    const role = node.name.startsWith("manager") ? "manager" : "worker";
    const subject = await world.inside(
      node,
      `openssl x509 -noout -subject -in ${CERTIFICATES}/swarm-node.crt`,
    );
    const tokens = [world.output("workerToken"), world.output("managerToken")];
    const found = await world.inside(
      node,
      `grep -rlaF -e ${tokens.join(" -e ")} -e ${known} /var/lib/docker /var/lib/digitalocean-swarm /etc /root /tmp /run /var/log /var/tmp 2>/dev/null`,
    );
    const row = { topic: "what lies on a node's disk", from: "root on the node", to: node.name };
    rows.push(
      {
        ...row,
        what: "the role in its certificate",
        intended: `swarm-${role}`,
        seen: /OU ?= ?(swarm-\w+)/.exec(subject.stdout)?.[1] ?? subject.stdout,
      },
      {
        ...row,
        what: "join tokens and a Docker secret, in clear text",
        intended: "none",
        seen: found.stdout.trim() || "none",
      },
    );
  }
  // The search can find: on a manager there are Raft logs, and what it looks for is found where it is.
  const logs = await world.inside(world.node("manager-0"), "cat /var/lib/docker/swarm/raft/*/* | wc -c");
  assert.ok(Number(logs.stdout) > 1000, "there are no Raft logs");
  const planted = await world.inside(
    world.node("manager-0"),
    `echo ${known} >/var/tmp/planted; grep -rlaF ${known} /var/tmp; rm /var/tmp/planted`,
  );
  assert.equal(planted.stdout.trim(), "/var/tmp/planted");
  world.attempts.check(rows);
  await world.onControl("docker secret rm at-rest");
}
