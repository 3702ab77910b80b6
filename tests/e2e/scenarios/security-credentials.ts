import * as assert from "node:assert/strict";

import { type AnyAuthMethod, utils } from "ssh2";

import type { Scenario } from "../scenario";
import type { Attempt } from "../security/attempts";
import { secured } from "../security/cluster";
import { clusterVpc, withHosts } from "../security/hosts";
import { tryLogin } from "../security/login";
import { settled, wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";

const SSH = "SSH: who is let in";
const HOST_KEY = "SSH: which host is believed";
const JOIN = "join tokens, where the managers' port is closed";

/** Which credential opens what. */
export const CREDENTIALS: readonly Scenario[] = [
  { name: "security: SSH lets in the stack's key and nothing else, and offers no password", run: logins },
  { name: "security: the right join tokens are of no use outside the cluster", run: joins },
  {
    name: "security: a host whose SSH host key is another one is refused, by name; with the old key up goes on",
    run: hostKeys,
  },
];

async function logins(world: World): Promise<void> {
  await world.up(await secured(world));
  const username = world.output("sshUser");
  const key = world.output("sshPrivateKey");
  const foreign = utils.generateKeyPairSync("ed25519").private;
  const credentials: readonly { what: string; credential?: AnyAuthMethod; letIn: boolean }[] = [
    { what: "no key", letIn: false },
    { what: "a password", credential: { type: "password", username, password: "swarm" }, letIn: false },
    {
      what: "a password, asked for interactively",
      credential: {
        type: "keyboard-interactive",
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => "swarm")),
      },
      letIn: false,
    },
    {
      what: "a key of somebody else",
      credential: { type: "publickey", username, key: foreign },
      letIn: false,
    },
    {
      what: "the stack's key, for another account",
      credential: { type: "publickey", username: "daemon", key },
      letIn: false,
    },
    { what: "the stack's key", credential: { type: "publickey", username, key }, letIn: true },
  ];
  const verdict = (letIn: boolean) => (letIn ? "let in" : "turned away");
  const rows: Attempt[] = [];
  for (const { what, credential, letIn } of credentials) {
    for (const node of [world.node("manager-0"), world.node("worker-0")]) {
      const login = await tryLogin(node.publicAddress, credential);
      assert.deepEqual(login.offered, ["publickey"], `${node.name} offers other ways to log in`);
      const [intended, seen] = [verdict(letIn), verdict(login.letIn)];
      rows.push({ topic: SSH, from: "operator", to: node.name, at: "public", what, intended, seen });
    }
  }
  world.attempts.check(rows);
}

/** The managers' port is closed to both hosts, so that a token that got out lets nobody in. */
async function joins(world: World): Promise<void> {
  await world.up(await secured(world));
  const manager = world.node("manager-0");
  const tokens = { worker: world.output("workerToken"), manager: world.output("managerToken") };
  for (const role of ["worker", "manager"] as const)
    assert.equal(await world.onControl(`docker swarm join-token -q ${role}`), tokens[role]);
  await withHosts(world, { outsider: undefined, neighbour: await clusterVpc(world) }, async () => {
    const tries = [
      { from: "neighbour", at: "private", address: manager.privateAddress, role: "worker" },
      { from: "outsider", at: "public", address: manager.publicAddress, role: "manager" },
    ] as const;
    const joined = await Promise.all(
      tries.map(({ from, address, role }) => tryToJoin(world, from, tokens[role], address)),
    );
    world.attempts.check(
      tries.map(({ from, at, role }, i) => ({
        topic: JOIN,
        from,
        to: manager.name,
        at,
        what: `2377/tcp, with the right ${role} token`,
        intended: "no member",
        seen: joined[i] ? "a member" : "no member",
      })),
    );
    // Nor did anybody leave a trace in the swarm.
    await wellFormed(world);
  });
}

/** Whether a host becomes a member; the engine itself gives up after 20 s. */
async function tryToJoin(world: World, hostname: string, token: string, address: string): Promise<boolean> {
  const ready = await world.lab.exec(hostname, [
    "bash",
    "-c",
    "until docker info >/dev/null 2>&1; do sleep 0.5; done",
  ]);
  assert.equal(ready.code, 0, ready.stderr);
  const join = `timeout 40 docker swarm join --token ${token} ${address}:2377`;
  const { code } = await world.lab.exec(hostname, ["bash", "-c", join]);
  const state = await world.lab.exec(hostname, ["docker", "info", "--format", "{{.Swarm.LocalNodeState}}"]);
  return code === 0 || state.stdout.trim() === "active";
}

async function hostKeys(world: World): Promise<void> {
  const config = await secured(world);
  await world.up(config);
  const clusterId = world.output("clusterId");
  const node = world.node("worker-1");
  await run(
    world,
    node,
    "mkdir /root/keys && mv /etc/ssh/ssh_host_* /root/keys/ && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh",
  );
  // Bounds the dials: a host key is asked for as often as a host that does not answer yet.
  const asked = { ...config, swarm: { reconcile: "look" }, timeouts: { ssh: 5 } };
  const log = await world.upFails(asked);
  assert.match(log, /host key mismatch/);
  const complaints = log.split("\n").filter(line => /-join\b.*(failed|error)/i.test(line));
  assert.ok(complaints.length > 0 && complaints.every(line => line.includes("swarm-worker-1-join")), log);
  await run(
    world,
    node,
    "rm /etc/ssh/ssh_host_* && mv /root/keys/* /etc/ssh/ && rmdir /root/keys && systemctl restart ssh",
  );
  await world.up(asked);
  await settled(world);
  await wellFormed(world, clusterId);
  const row = (what: string, word: string): Attempt => ({
    topic: HOST_KEY,
    from: "operator (up)",
    to: node.name,
    at: "public",
    what,
    intended: word,
    seen: word,
  });
  world.attempts.check([
    row("a host key that was changed", "refused by up, which names the node"),
    row("the host key that the stack made", "accepted"),
  ]);
}

async function run(world: World, node: OutputNode, command: string): Promise<void> {
  const { code, stderr } = await world.inside(node, command);
  assert.equal(code, 0, `${node.name}: ${stderr}`);
}
