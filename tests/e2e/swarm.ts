import * as assert from "node:assert/strict";

import type { OutputNode, World } from "./world";

/** A node as `docker node ls` and `docker node inspect` show it. */
export interface SeenNode {
  readonly id: string;
  readonly hostname: string;
  readonly role: "manager" | "worker";
  readonly state: string;
  readonly availability: string;
  readonly reachability: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The swarm as a manager sees it. */
export async function members(world: World): Promise<SeenNode[]> {
  const format =
    '{"id":"{{.ID}}","hostname":"{{.Description.Hostname}}","role":"{{.Spec.Role}}","state":"{{.Status.State}}","availability":"{{.Spec.Availability}}","reachability":"{{with .ManagerStatus}}{{.Reachability}}{{end}}","labels":{{json .Spec.Labels}}}';
  const text = await world.onControl(`docker node inspect --format '${format}' $(docker node ls --quiet)`);
  return text.split("\n").map(line => JSON.parse(line) as SeenNode);
}

/** Asserts that exactly the nodes of the outputs are members, Ready, in their roles, and each hostname once. */
export async function wellFormed(world: World, clusterId?: string): Promise<SeenNode[]> {
  const seen = await members(world);
  const expected = (["managers", "workers"] as const).flatMap(key =>
    (world.outputs[key] as OutputNode[]).map(
      ({ nodeId, hostname }) => `${nodeId} ${hostname} ${key.slice(0, -1)} ready`,
    ),
  );
  assert.deepEqual(
    seen.map(node => `${node.id} ${node.hostname} ${node.role} ${node.state}`).sort(),
    expected.sort(),
  );
  assert.equal(new Set(seen.map(node => node.hostname)).size, seen.length, "a hostname is doubled");
  for (const node of seen.filter(({ role }) => role === "manager"))
    assert.equal(node.reachability, "reachable");
  if (clusterId !== undefined) assert.equal(world.output("clusterId"), clusterId, "it is another cluster");
  assert.equal(
    await world.onControl("docker info --format '{{.Swarm.Cluster.ID}}'"),
    world.output("clusterId"),
  );
  return seen;
}

/** Waits until a droplet that was deleted by hand is gone. */
export async function gone(world: World, hostname: string): Promise<void> {
  await world.eventually(60, `droplet ${hostname} to be gone`, async () => {
    assert.ok(!(await world.lab.droplets()).some(droplet => droplet.hostname === hostname));
  });
}

/** Waits until the swarm has recovered from what was done to a node. */
export async function settled(world: World): Promise<void> {
  await world.eventually(90, "every node to be Ready again", async () => {
    await wellFormed(world);
  });
}

/** Hostnames of droplets that the stack's outputs do not have: what a run that was killed may leave. */
export async function unknownDroplets(world: World): Promise<string[]> {
  const known = new Set(world.nodes.map(node => node.hostname));
  return (await world.lab.droplets()).map(({ hostname }) => hostname).filter(name => !known.has(name));
}
