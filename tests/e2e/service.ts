import * as assert from "node:assert/strict";

import { messageOf } from "../../lab/engine/errors";
import { BalancedClient, poll } from "./poller";
import type { World } from "./world";

/** Image that every droplet of the lab has: busybox. */
const IMAGE = "lab/workload:1";
const PORT = 80;

/**
 * Deploys a replicated service that answers on the nodes' own port 80, and keeps asking it, and the managers for
 * quorum, until `check` is called. Ports are published by host: the routing mesh needs IPVS, which the lab's kernel may
 * lack.
 *
 * @param elections - How many samples of the quorum may fail, where the leader is killed without notice: a sample waits
 *   5 s, and an election takes about as long.
 */
export async function underLoad(world: World, elections = 0): Promise<{ check(): Promise<void> }> {
  await webService(world);
  const client = new BalancedClient(PORT, async () =>
    (await world.lab.droplets())
      .filter(droplet => droplet.status === "active")
      .map(droplet => droplet.publicAddress),
  );
  await world.eventually(60, "the service to answer", () => client.ask());
  const requests = poll(50, () => client.ask());
  const quorum = poll(1000, () => assertQuorum(world));
  world.pollers.push(requests, quorum);
  return {
    async check() {
      assert.deepEqual(await requests.stop(), [], "requests to the service failed");
      const lost = await quorum.stop();
      assert.ok(lost.length <= elections, `the managers lost quorum:\n${lost.join("\n")}`);
    },
  };
}

/** Deploys the service "web", unless it is there. */
export async function webService(world: World): Promise<void> {
  const services = (await world.onControl("docker service ls --format '{{.Name}}'")).split("\n");
  if (services.includes("web")) return;
  await world.onControl(
    `docker service create --quiet --detach --no-resolve-image --name web --replicas 2 --replicas-max-per-node 1 ` +
      `--constraint node.role==worker --publish mode=host,target=80,published=${PORT} --stop-grace-period 1s ${IMAGE} httpd -f -p 80 -h /etc`,
  );
}

/** Asks inside the droplets, not over SSH: what counts is whether any manager can still read the swarm's state. */
async function assertQuorum(world: World): Promise<void> {
  const reasons: string[] = [];
  for (const { hostname } of (await world.lab.droplets()).filter(droplet =>
    droplet.hostname.includes("manager"),
  )) {
    try {
      const { code, stderr } = await world.lab.exec(hostname, [
        "timeout",
        "5",
        "docker",
        "node",
        "ls",
        "--quiet",
      ]);
      if (code === 0) return;
      reasons.push(`${hostname}: ${stderr.trim()}`);
    } catch (error) {
      reasons.push(`${hostname}: ${messageOf(error)}`);
    }
  }
  throw new Error(`no manager could read the swarm: ${reasons.join("; ")}`);
}
