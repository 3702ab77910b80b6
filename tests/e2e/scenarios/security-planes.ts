import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { attemptsOf } from "../security/attempts";
import { places, secured } from "../security/cluster";
import { sendFrom } from "../security/datagrams";
import { clusterVpc, withHosts } from "../security/hosts";
import { everyPort, tryFrom } from "../security/tcp";
import { wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

const TOPIC = "other ports: managers on 2378/tcp, containers' traffic on 7789/udp of the public addresses";
const TCP = [2377, 2378, 7946];
const UDP = [4789, 7789, 7946];

/** A swarm on ports of its own. */
export const PLANES: readonly Scenario[] = [
  {
    name: "security: with other ports the firewall moves along, and Docker's own are closed to members too",
    run: planes,
  },
];

async function planes(world: World): Promise<void> {
  await world.destroy();
  const swarm = { listenPort: 2378, dataPathPort: 7789, dataPath: "public" };
  await world.up({ ...(await secured(world)), managers: managers(1), workers: workers(1), swarm });
  await wellFormed(world);
  assert.equal(await world.onControl("docker info --format '{{.Swarm.Cluster.DataPathPort}}'"), "7789");
  await withHosts(world, { outsider: undefined, neighbour: await clusterVpc(world) }, async () => {
    for (const { from, hostname } of probers(world)) {
      const reachable = places(world)
        .filter(({ to }) => world.node(to).hostname !== hostname)
        .filter(({ at }) => at !== "private" || from !== "outsider");
      const ports = everyPort(reachable, TCP);
      const tried = await tryFrom(world.lab, hostname, ports);
      const packets = everyPort(reachable, UDP).map(target => ({
        ...target,
        protocol: "udp" as const,
        hostname: world.node(target.to).hostname,
      }));
      const sent = await sendFrom(world.lab, hostname, packets);
      const member = from.startsWith("member");
      world.attempts.check([
        ...attemptsOf(TOPIC, from, ports, tried, ({ to, port }) => {
          if (!member || port === 2377) return "dropped";
          return port === 2378 && to !== "manager-0" ? "refused" : "open";
        }),
        ...attemptsOf(TOPIC, from, packets, sent, ({ port }) =>
          member && port !== 4789 ? "arrives" : "dropped",
        ),
      ]);
    }
  });
  await world.destroy();
  assert.deepEqual(await world.lab.leftovers(), []);
}

function probers(world: World): { readonly from: string; readonly hostname: string }[] {
  return [
    { from: "outsider", hostname: "outsider" },
    { from: "neighbour", hostname: "neighbour" },
    { from: "member (worker-0)", hostname: world.node("worker-0").hostname },
    { from: "member (manager-0)", hostname: world.node("manager-0").hostname },
  ];
}
