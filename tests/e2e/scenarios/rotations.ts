import * as assert from "node:assert/strict";

import { lastOfItsCluster, type Scenario } from "../scenario";
import type { World } from "../world";
import { BASE, managers, workers } from "./configs";
import { faulty } from "./faulty";

/** Rotations cannot be taken back. */
export const ROTATIONS: readonly Scenario[] = [
  lastOfItsCluster(
    faulty("rotate the worker token, then the manager token", async world => {
      const old = { worker: world.output("workerToken"), manager: world.output("managerToken") };
      const rotated = { ...BASE, swarm: { workerTokenRotation: 1 } };
      await world.up(rotated);
      assert.notEqual(world.output("workerToken"), old.worker);
      assert.equal(world.output("managerToken"), old.manager);
      const both = {
        managers: managers(3),
        workers: workers(3),
        swarm: { workerTokenRotation: 1, managerTokenRotation: 1 },
      };
      const { secretOutputs } = await world.up(both);
      assert.notEqual(world.output("managerToken"), old.manager);
      assert.ok(["workerToken", "managerToken"].every(name => secretOutputs.includes(name)));
      for (const role of ["worker", "manager"] as const) {
        assert.equal(
          await world.onControl(`docker swarm join-token -q ${role}`),
          world.output(`${role}Token`),
        );
      }
      const tokens = () => [world.output("workerToken"), world.output("managerToken")];
      const before = tokens();
      await world.up(both, { replace: ["swarm-worker-token-rotated", "swarm-manager-token-rotated"] });
      assert.deepEqual(tokens(), before, "a Command that ran again made its rotation again");
      const labels = "docker info --format '{{json .Swarm.Cluster.Spec.Labels}}'";
      assert.deepEqual(JSON.parse(await world.onControl(labels)), {
        "digitalocean-swarm.worker-token": "1",
        "digitalocean-swarm.manager-token": "1",
        "digitalocean-swarm.root-ca": "0",
        "digitalocean-swarm.unlock-key": "0",
      });
      const taken = await world.upFails({ ...both, swarm: { managerTokenRotation: 1 } });
      assert.match(taken, /error: the worker token was rotated, .* cannot be taken back/);
      await world.up(both);
      await refusesToken(world, old.worker);
      const scaled = { ...both, workers: workers(2) };
      await world.up(scaled);
      return scaled;
    }),
  ),
];

/** An old token does not let anybody in: a worker that left cannot come back with it. */
async function refusesToken(world: World, token: string): Promise<void> {
  const node = world.node("worker-2");
  const manager = world.node("manager-0").privateAddress;
  assert.equal((await world.inside(node, "docker swarm leave")).code, 0);
  const { code, stderr } = await world.inside(
    node,
    `timeout 30 docker swarm join --token ${token} ${manager}:2377`,
  );
  assert.notEqual(code, 0, "the old token let a node in");
  assert.match(stderr, /valid join token/);
}
