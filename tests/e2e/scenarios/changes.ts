import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { underLoad } from "../service";
import type { World } from "../world";
import { BASE, managers, workers } from "./configs";

/**
 * A change of a running cluster, with what holds for every one: the same cluster, exactly the expected nodes Ready in
 * their roles, no ghost, quorum always, no failed request, and nothing left to do.
 */
function change(
  name: string,
  steps: readonly { config?: Readonly<Record<string, unknown>>; replace?: readonly string[] }[],
  options: {
    from?: Readonly<Record<string, unknown>>;
    check?: (world: World, before: World["nodes"]) => Promise<void>;
  } = {},
): Scenario {
  return {
    name,
    async run(world) {
      await world.up(options.from ?? BASE);
      const clusterId = world.output("clusterId");
      const before = world.nodes;
      const load = await underLoad(world);
      let config = options.from ?? BASE;
      for (const step of steps) {
        config = step.config ?? config;
        await world.up(config, { replace: step.replace });
        await world.wellFormed(clusterId);
      }
      await load.check();
      await options.check?.(world, before);
      await world.unchanged(config);
    },
  };
}

/** Names of nodes whose ID is not what it was. */
function touched(world: World, before: World["nodes"]): string[] {
  return before.filter(node => !world.nodes.some(now => now.nodeId === node.nodeId)).map(node => node.name);
}

/** "A cluster that can be changed": scale, edit, replace. */
export const CHANGES: readonly Scenario[] = [
  change("scale workers 2 to 5 to 2", [{ config: { ...BASE, workers: workers(5) } }, { config: BASE }]),
  change(
    "scale managers 1 to 3 to 5 to 3 to 1",
    [1, 3, 5, 3, 1].map(count => ({ config: { managers: managers(count), workers: workers(2) } })),
    {
      from: { ...BASE, managers: managers(1) },
    },
  ),
  change("add a second pool, then remove the first", [
    { config: { ...BASE, workers: { ...workers(2), large: { count: 2, size: "s-2vcpu-4gb" } } } },
    { config: { ...BASE, workers: { large: { count: 2, size: "s-2vcpu-4gb" } } } },
  ]),
  change(
    "remove one node from the middle of a pool",
    [{ config: { ...BASE, workers: workers(2, { skip: [1] }) } }],
    {
      from: { ...BASE, workers: workers(3) },
      check: async (world, before) => {
        assert.deepEqual(touched(world, before), ["worker-1"]);
        return Promise.resolve();
      },
    },
  ),
  change(
    "change labels and availability of a pool: in place",
    [
      {
        config: {
          ...BASE,
          workers: { worker: { count: 2, labels: { tier: "db", disk: "an 'ssd' $HOME" } } },
        },
      },
      { config: { ...BASE, managers: managers(3, { availability: "drain" }) } },
    ],
    {
      check: async (world, before) => {
        assert.deepEqual(touched(world, before), []);
        for (const node of await world.swarm()) {
          assert.equal(node.availability, node.role === "manager" ? "drain" : "active");
          if (node.role === "worker") assert.equal(node.labels.tier, "web");
          if (node.role === "worker")
            assert.equal(node.labels.disk, undefined, "a label that was taken back is still there");
        }
      },
    },
  ),
  replaceOne("a worker", "worker-0"),
  replaceOne("a manager", "manager-1"),
  replaceOne("the first manager", "manager-0"),
  change(
    "replace the only manager of a one-manager swarm",
    [{ config: { ...BASE, managers: managers(1, { revision: "r2" }) } }],
    {
      from: { ...BASE, managers: managers(1) },
    },
  ),
  change("replace every droplet in one up", [
    { config: { managers: managers(3, { revision: "r2" }), workers: workers(2, { revision: "r2" }) } },
  ]),
];

function replaceOne(what: string, node: string): Scenario {
  return change(`replace ${what}`, [{ replace: [`swarm-${node}`] }], {
    check: async (world, before) => {
      assert.deepEqual(touched(world, before), [node]);
      return Promise.resolve();
    },
  });
}
