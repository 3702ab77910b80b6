import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { settled, wellFormed } from "../swarm";
import { BASE } from "./configs";

/** The way out that docs/operations.md names. */
export const QUORUM: readonly Scenario[] = [
  {
    name: "the quorum is lost: a new cluster is forced on the first manager, the others leave, and up takes them in again",
    async run(world) {
      await world.up(BASE);
      const clusterId = world.output("clusterId");
      const [first, ...others] = world.nodes.filter(({ name }) => name.startsWith("manager-"));
      assert.ok(first && others.length === 2);
      for (const node of others)
        assert.equal((await world.inside(node, "systemctl stop docker.socket docker")).code, 0);
      const forced = await world.inside(
        first,
        `docker swarm init --force-new-cluster --advertise-addr ${first.privateAddress}`,
      );
      assert.equal(forced.code, 0, forced.stderr);
      for (const node of others) {
        const left = await world.inside(node, "systemctl start docker && docker swarm leave --force");
        assert.equal(left.code, 0, left.stderr);
      }
      const config = { ...BASE, swarm: { reconcile: "after-lost-quorum" } };
      await world.up(config);
      await settled(world);
      await wellFormed(world, clusterId);
      await world.unchanged(config);
    },
  },
];
