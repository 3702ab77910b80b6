import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { members, settled, wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";
import { managers, workers } from "./configs";
import { faulty } from "./faulty";

const GROWN = { managers: managers(3), workers: workers(3) };
const reconciled = (value: string) => ({ ...GROWN, swarm: { reconcile: value } });

async function must(world: World, node: OutputNode, command: string): Promise<void> {
  const { code, stderr } = await world.inside(node, command);
  assert.equal(code, 0, `${node.name}: ${command}: ${stderr}`);
}

/** Takes a manager out of the managers, and waits until it is out. */
async function demoted(world: World, name: string): Promise<void> {
  const by = world.node(name === "manager-0" ? "manager-1" : "manager-0");
  const { nodeId } = world.node(name);
  await must(world, by, `docker node demote ${nodeId}`);
  await world.eventually(60, `${name} to be no manager`, async () => {
    const { stdout } = await world.inside(
      world.node(name),
      "docker info --format '{{.Swarm.ControlAvailable}}'",
    );
    assert.equal(stdout.trim(), "false");
  });
}

/** "A green `up` tells the truth": what was done by hand is put back by another value of `swarm.reconcile`. */
export const RECONCILE: readonly Scenario[] = [
  faulty(
    "a worker removed by hand with `docker node rm --force`: its host joins again with another `reconcile`",
    async world => {
      const { nodeId } = world.node("worker-2");
      await world.onControl(`docker node rm --force ${nodeId}`);
      await world.up(reconciled("after-removal"));
      assert.notEqual(world.node("worker-2").nodeId, nodeId);
      return reconciled("after-removal");
    },
    { from: GROWN },
  ),
  faulty(
    "a manager demoted and removed by hand: its host joins again as a manager with another `reconcile`",
    async world => {
      const { nodeId } = world.node("manager-2");
      await demoted(world, "manager-2");
      await world.onControl(`docker node rm --force ${nodeId}`);
      await world.up(reconciled("after-removal-of-a-manager"));
      assert.notEqual(world.node("manager-2").nodeId, nodeId);
      return reconciled("after-removal-of-a-manager");
    },
    { from: GROWN },
  ),
  faulty(
    "a manager demoted by hand, and a worker promoted: each has its role again with another `reconcile`",
    async world => {
      await demoted(world, "manager-1");
      await world.onControl(`docker node promote ${world.node("worker-0").nodeId}`);
      const before = world.nodes;
      await world.up(reconciled("roles"), { refresh: true });
      assert.deepEqual(world.nodes, before);
      return reconciled("roles");
    },
    { from: GROWN },
  ),
  faulty(
    "the first manager demoted by hand: it is a manager again with another `reconcile`",
    async world => {
      await demoted(world, "manager-0");
      await world.up(reconciled("first"));
      return reconciled("first");
    },
    { from: GROWN, elections: 2 },
  ),
  {
    name: "a drain by hand stays when the pool is scaled; another `reconcile` takes it back, with labels of ours",
    async run(world) {
      await world.up(GROWN);
      const drained = world.node("worker-1").nodeId;
      const seen = async () => (await members(world)).find(({ id }) => id === drained);
      await world.onControl(`docker node update --availability drain --label-rm tier ${drained}`);
      await world.up({ ...GROWN, workers: workers(4) });
      assert.equal((await seen())?.availability, "drain");
      await world.up(GROWN);
      assert.equal((await seen())?.availability, "drain");
      await world.onControl(`docker node update --label-add by-hand=yes ${drained}`);
      await world.up(reconciled("after-maintenance"));
      const now = await seen();
      assert.deepEqual(
        { availability: now?.availability, tier: now?.labels.tier, hand: now?.labels["by-hand"] },
        { availability: "active", tier: "web", hand: "yes" },
      );
      await settled(world);
      await wellFormed(world);
      await world.unchanged(reconciled("after-maintenance"));
    },
  },
];
