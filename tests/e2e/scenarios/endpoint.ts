import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { wellFormed } from "../swarm";
import { managers, workers } from "./configs";

const CONFIG = { managers: managers(1), workers: workers(1), controlEndpoint: "firstManager" };

/** The other way to reach the control plane: no reserved IP. */
export const ENDPOINT: readonly Scenario[] = [
  {
    name: "the first manager as control endpoint: scales, and refuses to lose that manager",
    async run(world) {
      await world.destroy();
      await world.up(CONFIG);
      const clusterId = world.output("clusterId");
      assert.equal(world.output("controlEndpoint"), world.node("manager-0").publicAddress);
      await world.up({ ...CONFIG, workers: workers(2) });
      await world.up(CONFIG);
      await wellFormed(world, clusterId);
      await world.unchanged(CONFIG);
      const [first] = world.nodes;
      const log = await world.upFails(CONFIG, { replace: ["swarm-manager-0"] });
      assert.match(
        log,
        /manager-0: error: the control endpoint is this very node, which cannot remove itself/,
      );
      assert.ok((await world.lab.droplets()).some(({ hostname }) => hostname === first?.hostname));
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
];
