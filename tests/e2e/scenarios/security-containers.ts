import * as assert from "node:assert/strict";

import { type Scenario, Skipped } from "../scenario";
import type { Attempt } from "../security/attempts";
import { deployTasks, secured } from "../security/cluster";
import { askMetadata, withMetadata } from "../security/metadata";
import type { World } from "../world";

const METADATA = "the metadata address, with a stand-in for the service";
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
    name: "security: an encrypted overlay network carries nothing, as ESP does not pass a cloud firewall",
    run: encrypted,
  },
];

async function metadata(world: World): Promise<void> {
  await world.up(await secured(world));
  await deployTasks(world);
  for (const name of ["manager-0", "worker-0"]) {
    const node = world.node(name);
    await withMetadata(world, node, async () => {
      const ask = async (who: keyof typeof WHO, intended: string, without = ""): Promise<Attempt> => ({
        topic: METADATA,
        from: `${WHO[who]}${without}`,
        to: `beside ${name}`,
        what: "80/tcp at the metadata address",
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
    });
  }
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
