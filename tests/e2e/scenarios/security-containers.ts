import * as assert from "node:assert/strict";

import { type Scenario, Skipped } from "../scenario";
import { type Attempt, attemptsOf } from "../security/attempts";
import { deployTasks, secured } from "../security/cluster";
import { sendFrom } from "../security/datagrams";
import { askMetadata } from "../security/metadata";
import { tryFrom } from "../security/tcp";
import type { OutputNode, World } from "../world";

const METADATA = "the metadata service";
const MEMBERS = "containers are no members";
const WHO = {
  host: "a process of the host",
  container: "a container",
  task: "a task on an overlay network",
} as const;

/** What containers reach. */
export const CONTAINERS: readonly Scenario[] = [
  {
    name: "security: containers do not reach the metadata address, their host does",
    run: metadata,
  },
  {
    name: "security: containers are no members: the swarm's ports are closed to them, and overlay networks carry on",
    run: strangers,
  },
  {
    name: "security: an encrypted overlay network carries nothing, as ESP does not pass a cloud firewall",
    run: encrypted,
  },
];

async function metadata(world: World): Promise<void> {
  await world.up(await secured(world));
  await deployTasks(world);
  for (const name of ["manager-0", "worker-0"]) {
    const node = world.node(name);
    const ask = async (who: keyof typeof WHO, intended: string, without = ""): Promise<Attempt> => ({
      topic: METADATA,
      from: `${WHO[who]}${without}`,
      to: name,
      what: "80/tcp at 169.254.169.254",
      intended,
      seen: await askMetadata(world, node, who),
    });
    const rows = [await ask("host", "open"), await ask("container", "dropped")];
    if (name === "worker-0") rows.push(await ask("task", "dropped"));
    // Without the guard it would be reached: it is the guard that keeps containers away.
    const guard = "iptables -t mangle -D FORWARD -d 169.254.169.254 -j DROP";
    assert.equal((await world.inside(node, guard)).code, 0, `${name} has no guard`);
    try {
      rows.push(await ask("container", "open", ", with the guard taken away"));
    } finally {
      await world.inside(node, "systemctl restart digitalocean-swarm-guard");
    }
    rows.push(await ask("container", "dropped", ", with the guard started again"));
    world.attempts.check(rows);
  }
}

/** What a container sends has its node's address: without the guard the cloud firewall takes it for that member. */
async function strangers(world: World): Promise<void> {
  await world.up(await secured(world));
  await deployTasks(world);
  const [node, other, manager] = ["worker-0", "worker-1", "manager-0"].map(name => world.node(name));
  assert.ok(node && other && manager);
  const place = (one: OutputNode) => ({ to: one.name, at: "private" as const, address: one.privateAddress });
  const tcp = [
    { ...place(manager), port: 2377 },
    { ...place(manager), port: 7946 },
    { ...place(node), port: 7946 },
  ];
  const udp = [4789, 7946].map(port => ({
    ...place(other),
    hostname: other.hostname,
    protocol: "udp" as const,
    port,
  }));
  const start = await world.inside(
    node,
    "docker rm --force stranger >/dev/null 2>&1; docker run --detach --name stranger lab/workload:1 sleep 600 >/dev/null && " +
      "docker inspect --format '{{.State.Pid}}' stranger",
  );
  assert.equal(start.code, 0, start.stderr);
  const inside = ["nsenter", "--target", start.stdout.trim(), "--net"];
  const rows = async (guarded: boolean): Promise<Attempt[]> => {
    const from = `a container on ${node.name}${guarded ? "" : ", with the guard taken away"}`;
    const connected = await tryFrom(world.lab, node.hostname, tcp, inside);
    const sent = await sendFrom(world.lab, node.hostname, udp, inside);
    return [
      ...attemptsOf(MEMBERS, from, tcp, connected, () => (guarded ? "dropped" : "open")),
      ...attemptsOf(MEMBERS, from, udp, sent, () => (guarded ? "never came" : "arrives")),
    ];
  };
  const attempts = await rows(true);
  try {
    assert.equal((await world.inside(node, "iptables -t mangle -F")).code, 0);
    attempts.push(...(await rows(false)));
  } finally {
    await world.inside(node, "systemctl restart digitalocean-swarm-guard; docker rm --force stranger");
  }
  attempts.push(await overOverlay(world, node, other));
  world.attempts.check(attempts);
}

/** A task asks a task on another node, over the overlay network that both are on. */
async function overOverlay(world: World, from: OutputNode, to: OutputNode): Promise<Attempt> {
  const task = "$(docker ps --quiet --filter name=hidden | head -n 1)";
  const address = await world.inside(
    to,
    `docker inspect --format '{{.NetworkSettings.Networks.hidden.IPAddress}}' ${task}`,
  );
  assert.match(address.stdout, /^\d/, address.stderr);
  const ask = `docker exec ${task} wget -q -T 5 -O /dev/null http://${address.stdout.trim()}/hostname`;
  const { code, stderr } = await world.inside(from, ask);
  return {
    topic: MEMBERS,
    from: `a task on ${from.name}`,
    to: `a task on ${to.name}`,
    what: "80/tcp over their overlay network",
    intended: "open",
    seen: code === 0 ? "open" : stderr.trim(),
  };
}

async function encrypted(world: World): Promise<void> {
  await world.up(await secured(world));
  const [from, to] = [world.node("worker-0"), world.node("worker-1")];
  // A key of nobody's, between documentation addresses: it only shows whether the kernel has ESP.
  const state = "src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000";
  const add = `ip xfrm state add ${state} mode transport aead 'rfc4106(gcm(aes))' 0x$(printf '%040d' 0) 128`;
  const { code, stderr } = await world.inside(from, `${add} && ip xfrm state delete ${state}`);
  if (code !== 0)
    throw new Skipped(
      `this kernel lacks what encrypted overlays need (ip xfrm: ${stderr.trim().split("\n")[0] ?? ""})`,
    );
  try {
    await world.onControl(
      "docker network create --driver overlay --attachable --opt encrypted sealed >/dev/null",
    );
    const start = await world.inside(
      to,
      "docker run --detach --rm --name sealed --network sealed lab/workload:1 httpd -f -p 80 -h /etc >/dev/null && " +
        "docker inspect --format '{{.NetworkSettings.Networks.sealed.IPAddress}}' sealed",
    );
    assert.equal(start.code, 0, start.stderr);
    const ask = `docker run --rm --network sealed lab/workload:1 wget -q -T 5 -O /dev/null http://${start.stdout.trim()}/hostname`;
    const answer = await world.inside(from, ask);
    world.attempts.check([
      {
        topic: "encrypted overlay network",
        from: `a container on ${from.name}`,
        to: `a container on ${to.name}`,
        what: "80/tcp inside the network",
        intended: "nothing gets through",
        seen: answer.code === 0 ? "open" : "nothing gets through",
      },
    ]);
  } finally {
    await world.inside(to, "docker rm --force sealed");
    await world.eventually(30, "the network to go", async () => {
      await world.onControl("docker network rm sealed");
    });
  }
}
