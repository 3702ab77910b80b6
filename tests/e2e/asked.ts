import * as assert from "node:assert/strict";

import type { StackConfig } from "../../drivers";
import { members, type SeenNode } from "./swarm";
import type { World } from "./world";

/** A node as a configuration asks for it. Worked out here anew: the component must not be its own judge. */
interface AskedNode {
  readonly name: string;
  readonly role: "manager" | "worker";
  readonly availability: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface NodeConfig {
  readonly labels?: Readonly<Record<string, string>>;
  readonly availability?: string;
  readonly revision?: string | number;
}
interface PoolConfig extends NodeConfig {
  readonly count: number;
  readonly skip?: readonly number[];
  readonly nodes?: Readonly<Record<string, NodeConfig>>;
}

/** The nodes that a stack's configuration asks for. */
export function askedNodes(config: StackConfig): AskedNode[] {
  const key = (name: string) => config[`digitalocean-swarm:${name}`];
  const pool = (name: string, role: AskedNode["role"], args: PoolConfig): AskedNode[] => {
    const found: AskedNode[] = [];
    for (let index = 0; found.length < args.count; index++) {
      if (args.skip?.includes(index)) continue;
      const own = args.nodes?.[String(index)] ?? {};
      const revision = own.revision ?? args.revision;
      found.push({
        name: `${name}-${index}${revision === undefined ? "" : `-${revision}`}`,
        role,
        availability: own.availability ?? args.availability ?? "active",
        labels: { ...args.labels, ...own.labels },
      });
    }
    return found;
  };
  return [
    ...pool("manager", "manager", key("managers") as PoolConfig),
    ...Object.entries((key("workers") ?? {}) as Record<string, PoolConfig>).flatMap(([name, args]) =>
      pool(name, "worker", args),
    ),
  ];
}

/**
 * Asserts, where a cluster stands, that it is what the last `up` that succeeded was asked for, as its managers see it:
 * every node with its role, availability and labels, Ready, its ID the one in the outputs, and no other node.
 */
export async function asAsked(world: World): Promise<void> {
  const config = world.askedFor;
  if (!config) return;
  const asked = askedNodes(config);
  await world.eventually(90, "the swarm to be what the program asked for", async () => {
    const seen = await members(world);
    assert.deepEqual(seen.map(line).sort(), asked.map(node => wanted(world, node)).sort());
    for (const { name, labels } of asked) {
      const { nodeId } = world.node(name);
      const has = seen.find(node => node.id === nodeId)?.labels ?? {};
      for (const [label, value] of Object.entries(labels))
        assert.equal(has[label], value, `${name}: ${label}`);
    }
  });
}

function line({ id, role, state, availability, reachability, labels }: SeenNode): string {
  return [labels["digitalocean-swarm.node"], id, role, state, availability, reachability].join(" ");
}

function wanted(world: World, { name, role, availability }: AskedNode): string {
  return [
    name,
    world.node(name).nodeId,
    role,
    "ready",
    availability,
    role === "manager" ? "reachable" : "",
  ].join(" ");
}
