import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { webService } from "../service";
import { gone, settled, wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

/** A join that is refused for good is not waited for longer than this. */
const timeouts = { join: 15 };

async function lose(world: World, ...names: string[]): Promise<void> {
  for (const name of names) await world.lab.deleteDroplet(world.node(name).hostname);
  for (const name of names) await gone(world, world.node(name).hostname);
}

/** What holds when a swarm has gone on: nothing to do, and nothing left when it is destroyed. */
async function goesOn(world: World, config: Readonly<Record<string, unknown>>): Promise<void> {
  await settled(world);
  await wellFormed(world);
  await world.unchanged(config);
}

/** All managers are gone, and with them the swarm. */
function allManagers(what: string, count: number, more: object): Scenario {
  return {
    name: `all managers lost, ${what}: \`up\` names the way out, and another generation makes a new swarm`,
    async run(world) {
      const config = { managers: managers(count), workers: workers(1), timeouts, ...more };
      await world.destroy();
      await world.up(config);
      const clusterId = world.output("clusterId");
      await lose(world, ...Array.from({ length: count }, (_, i) => `manager-${i}`));
      const log = await world.upFails(config, { refresh: true });
      assert.match(log, /raise swarm\.generation by one/);
      const next = { ...config, swarm: { ...(more as { swarm?: object }).swarm, generation: 1 } };
      await world.up(next);
      assert.notEqual(world.output("clusterId"), clusterId);
      await goesOn(world, next);
      // The new swarm is one like any other.
      const grown = { ...next, workers: workers(2) };
      await world.up(grown);
      await world.up(next);
      await goesOn(world, next);
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  };
}

/** "A swarm that cannot go on has one documented way out." */
export const GENERATION: readonly Scenario[] = [
  allManagers("one of one", 1, {}),
  allManagers("three of three, with Docker API, autolock and rotations", 3, {
    firewall: { sshFrom: ["198.18.0.0/15"], dockerApiFrom: ["198.18.0.0/15"] },
    swarm: { autolock: true, workerTokenRotation: 1, managerTokenRotation: 1, caRotation: 1 },
  }),
  {
    name: "two of three managers lost, the first one lives: another generation goes on with it, services stay",
    async run(world) {
      const config = { managers: managers(3), workers: workers(2), timeouts };
      await world.destroy();
      await world.up(config);
      const clusterId = world.output("clusterId");
      await webService(world);
      await lose(world, "manager-1", "manager-2");
      const log = await world.upFails(config, { refresh: true });
      assert.match(log, /raise swarm\.generation by one/);
      const next = { ...config, swarm: { generation: 1 } };
      await world.up(next);
      assert.equal(world.output("clusterId"), clusterId);
      assert.match(await world.onControl("docker service ls --format '{{.Name}}'"), /^web$/m);
      await goesOn(world, next);
    },
  },
  {
    name: "two of three managers lost, the first one too: no new swarm beside the third, which goes on when it is the first",
    async run(world) {
      const config = { managers: managers(3), workers: workers(2), timeouts };
      await world.destroy();
      await world.up(config);
      const clusterId = world.output("clusterId");
      await webService(world);
      await lose(world, "manager-0", "manager-1");
      await world.upFails(config, { refresh: true });
      const refused = await world.upFails({ ...config, swarm: { generation: 1 } });
      assert.match(refused, /a new swarm is not initialised while manager-2 still serves one/);
      const next = { ...config, managers: managers(3, { skip: [0, 1] }), swarm: { generation: 1 } };
      await world.up(next);
      assert.equal(world.output("clusterId"), clusterId);
      assert.match(await world.onControl("docker service ls --format '{{.Name}}'"), /^web$/m);
      await goesOn(world, next);
    },
  },
  {
    name: "another generation of a swarm that can go on: everything stays as it is",
    async run(world) {
      const config = { managers: managers(3), workers: workers(2), swarm: { generation: 1 } };
      await world.destroy();
      await world.up(config);
      const before = world.nodes;
      const clusterId = world.output("clusterId");
      const next = { ...config, swarm: { generation: 2 } };
      await world.up(next);
      assert.equal(world.output("clusterId"), clusterId);
      assert.deepEqual(world.nodes, before);
      await goesOn(world, next);
    },
  },
];
