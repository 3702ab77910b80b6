import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { gone } from "../swarm";
import type { World } from "../world";
import { BASE } from "./configs";

/** Removes everything, and asserts that nothing is left and that no host was asked. */
function destroy(name: string, prepare: (world: World) => Promise<void>, refresh = false): Scenario {
  return {
    name,
    async run(world) {
      await world.up(BASE);
      await prepare(world);
      const { log } = await world.destroy({ refresh });
      assert.doesNotMatch(log, /Dial \d+\/|left the swarm/, "destroy opened an SSH connection");
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  };
}

/** Destroy never waits for a host. */
export const DESTROY: readonly Scenario[] = [
  destroy("destroy with all hosts healthy: no SSH", async () => Promise.resolve()),
  destroy("destroy with every host unreachable", async world => {
    for (const { hostname } of await world.lab.droplets()) await world.lab.act(hostname, "power_off");
  }),
  destroy(
    "destroy --refresh after one droplet was deleted by hand",
    async world => {
      await world.lab.deleteDroplet(world.node("manager-0").hostname);
      await gone(world, world.node("manager-0").hostname);
    },
    true,
  ),
];
