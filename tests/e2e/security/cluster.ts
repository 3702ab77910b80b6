import * as assert from "node:assert/strict";

import { BASE } from "../scenarios/configs";
import { webService } from "../service";
import { settled } from "../swarm";
import type { World } from "../world";
import { operatorAddress } from "./hosts";
import type { Place } from "./tcp";

/** The base cluster with a firewall that lets in nobody but this machine, and everyone to 80/tcp. */
export async function secured(world: World): Promise<typeof BASE & { readonly firewall: object }> {
  const operator = `${await operatorAddress(world.lab)}/32`;
  return { ...BASE, firewall: { sshFrom: [operator], dockerApiFrom: [operator], publish: ["80/tcp"] } };
}

/** Every address of every node; the first manager has the reserved IP too. */
export function places(world: World): Place[] {
  return [
    ...world.nodes.flatMap<Place>(({ name, publicAddress, privateAddress }) => [
      { to: name, at: "public", address: publicAddress },
      { to: name, at: "private", address: privateAddress },
    ]),
    { to: "manager-0", at: "reserved IP", address: world.output("controlEndpoint") },
  ];
}

/**
 * Has a task on every worker that publishes 80, which the firewall allows, and one that publishes 8080, which it does
 * not. The second is on an overlay network, as tasks of a stack are.
 */
export async function deployTasks(world: World): Promise<void> {
  // Where the leader's engine was just restarted, the other managers may still be looking for its successor.
  await settled(world);
  await webService(world);
  const services = (await world.onControl("docker service ls --format '{{.Name}}'")).split("\n");
  if (!services.includes("hidden")) {
    await world.onControl("docker network create --driver overlay hidden >/dev/null");
    await world.onControl(
      "docker service create --quiet --detach --no-resolve-image --name hidden --mode global " +
        "--constraint node.role==worker --network hidden --endpoint-mode dnsrr --stop-grace-period 1s " +
        "--publish mode=host,target=80,published=8080 lab/workload:1 httpd -f -p 80 -h /etc",
    );
  }
  await world.eventually(60, "the services to run on every worker", async () => {
    const running = (await world.onControl("docker service ls --format '{{.Name}} {{.Replicas}}'")).split(
      "\n",
    );
    for (const service of ["web", "hidden"])
      assert.ok(
        running.some(line => line.startsWith(`${service} 2/2`)),
        running.join("; "),
      );
  });
}
