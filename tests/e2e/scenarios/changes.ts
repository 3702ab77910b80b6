import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { underLoad } from "../service";
import { members, wellFormed } from "../swarm";
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
        await wellFormed(world, clusterId);
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
        for (const node of await members(world)) {
          assert.equal(node.availability, node.role === "manager" ? "drain" : "active");
          if (node.role === "worker") assert.equal(node.labels.tier, "web");
          if (node.role === "worker")
            assert.equal(node.labels.disk, undefined, "a label that was taken back is still there");
        }
      },
    },
  ),
  {
    name: "edit size, image, user data and SSH keys: running nodes are left alone, and a warning says so",
    run: editedInPlace,
  },
  replaceOne("a worker", "worker-0"),
  replaceOne("a manager", "manager-1"),
  { ...replaceOne("the first manager", "manager-0"), core: true },
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

/** Whatever is edited about droplets, they stay as they are; the next revision of a node has all of it. */
async function editedInPlace(world: World): Promise<void> {
  await world.up(BASE);
  const clusterId = world.output("clusterId");
  const before = world.nodes;
  const load = await underLoad(world);
  const edit = { size: "s-2vcpu-4gb", image: "ubuntu-22-04-x64" };
  const edited = {
    managers: managers(3, edit),
    workers: workers(2, edit),
    dockerVersion: "distribution",
    // A key that the account does not have: were it sent, the API would refuse it.
    ssh: { additionalKeys: ["512190"] },
  };
  const { log, changes } = await world.up(edited);
  for (const { name } of before) {
    assert.match(
      log,
      new RegExp(
        `${name} keeps size s-1vcpu-2gb, not s-2vcpu-4gb and image ubuntu-24-04-x64, not ubuntu-22-04-x64`,
      ),
    );
  }
  assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
  assert.deepEqual(await sizes(world), before.map(({ hostname }) => `${hostname} s-1vcpu-2gb`).sort());

  const revised = {
    ...edited,
    ssh: {},
    workers: workers(2, { ...edit, nodes: { "1": { revision: "r2" } } }),
  };
  await world.up(revised);
  await wellFormed(world, clusterId);
  assert.deepEqual(touched(world, before), ["worker-1"]);
  const fresh = world.node("worker-1-r2").hostname;
  assert.deepEqual(
    (await world.lab.droplets())
      .filter(({ hostname }) => hostname === fresh)
      .map(({ size, image }) => [size, image]),
    [["s-2vcpu-4gb", "ubuntu-22-04-x64"]],
  );
  await load.check();
  await world.unchanged(revised);
}

async function sizes(world: World): Promise<string[]> {
  return (await world.lab.droplets()).map(({ hostname, size }) => `${hostname} ${size}`).sort();
}
