import * as assert from "node:assert/strict";

import { ask } from "../account-api";
import type { Scenario } from "../scenario";
import { wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

const SMALL = { managers: managers(1), workers: workers(1) };

/** DigitalOcean's projects, in which an account's things are sorted. */
export const PROJECT_OF_DROPLETS: Scenario = {
  name: "droplets are put into a project with the reserved IP, move to another one, and go from it when they are deleted",
  async run(world) {
    await world.destroy();
    const [first, second] = [await create(world, "first"), await create(world, "second")];
    const config = { ...SMALL, project: first };
    await world.up(config);
    await wellFormed(world);
    assert.deepEqual(await inside(world, first), await wanted(world));
    await world.unchanged(config);

    await world.up({ ...config, workers: workers(2) });
    assert.equal((await inside(world, first)).length, 4);
    assert.deepEqual(await inside(world, first), await wanted(world));
    await world.up(config);
    assert.deepEqual(await inside(world, first), await wanted(world));

    await world.up({ ...SMALL, project: second });
    assert.deepEqual([await inside(world, first), await inside(world, second)], [[], await wanted(world)]);
    await world.unchanged({ ...SMALL, project: second });

    // No droplet is moved where nothing is said any more, nor by what goes.
    await world.up(SMALL);
    assert.deepEqual(await inside(world, second), await wanted(world));
    await world.up({ ...SMALL, project: second });
    await world.destroy();
    for (const id of [first, second])
      await world.eventually(60, "the project to be empty", () => ask(world, "DELETE", `projects/${id}`));
    assert.deepEqual(await world.lab.leftovers(), []);
  },
};

async function create(world: World, name: string): Promise<string> {
  const body = { name, purpose: "Web Application" };
  return (await ask<{ project: { id: string } }>(world, "POST", "projects", body)).project.id;
}

/** What is in a project, by DigitalOcean's names. */
async function inside(world: World, project: string): Promise<string[]> {
  const path = `projects/${project}/resources?per_page=200`;
  const { resources } = await ask<{ resources: { urn: string }[] }>(world, "GET", path);
  return resources.map(({ urn }) => urn).sort();
}

/** What is to be in it: every node's droplet, and the control endpoint. */
async function wanted(world: World): Promise<string[]> {
  const { droplets } = await ask<{ droplets: { id: number; name: string }[] }>(
    world,
    "GET",
    "droplets?per_page=200",
  );
  const names = new Set(world.nodes.map(({ hostname }) => hostname));
  return [
    ...droplets.filter(({ name }) => names.has(name)).map(({ id }) => `do:droplet:${id}`),
    `do:floatingip:${world.output("controlEndpoint")}`,
  ].sort();
}
