import * as assert from "node:assert/strict";
import { readFile, truncate } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { CliDriver } from "../../../drivers/cli";
import type { Scenario } from "../scenario";
import { gone, unknownDroplets, wellFormed } from "../swarm";
import type { World } from "../world";
import { BASE, managers, workers } from "./configs";
import { faulty } from "./faulty";

const ROOT = path.resolve(__dirname, "../../..");
const GROWN = { ...BASE, workers: workers(3) };

/** "A cluster that can be changed": whenever `up` is killed, the next one goes on. */
export const KILLS: readonly Scenario[] = [
  faulty("up killed during droplet creation, then up again; the lost droplet is named", async world => {
    const known = world.nodes.length;
    await killedWhen(world, GROWN, async () => (await world.lab.droplets()).length > known);
    await world.driver.cancel();
    await world.up(GROWN, { refresh: true });
    await wellFormed(world);
    await removeLost(world);
    await world.up(BASE);
    return undefined;
  }),
  faulty("up killed during join, then up again", async world => {
    await killedWhen(world, GROWN, said => said.includes("swarm-worker-2-join"));
    return goesOn(world, GROWN);
  }),
  faulty("up killed during promote, then up again", async world => {
    const grown = { managers: managers(5), workers: workers(2) };
    await killedWhen(world, grown, said => said.includes("swarm-manager-reconcile"));
    if (world.driver instanceof CliDriver) await cutState(world.driver.stateFile);
    return goesOn(world, grown);
  }),
];

/**
 * Leaves what a kill leaves that comes while the state is being written. Where the kill came while its copy was being
 * written, it has cut that one, and the state is whole.
 */
async function cutState(file: string): Promise<void> {
  try {
    JSON.parse(await readFile(`${file}.bak`, "utf8"));
  } catch {
    return;
  }
  await truncate(file, 100);
}

/** Ends `up` with SIGKILL at a moment. */
async function killedWhen(
  world: World,
  config: Readonly<Record<string, unknown>>,
  moment: (said: string) => boolean | Promise<boolean>,
): Promise<void> {
  const kill = new AbortController();
  let said = "";
  const run = world.upFails(config, {
    kill: kill.signal,
    onOutput: text => {
      said += text;
    },
  });
  await world.eventually(120, "the moment to kill up", async () => {
    assert.ok(await moment(said), "the run has not come so far");
  });
  kill.abort();
  await run;
}

async function goesOn(world: World, config: Readonly<Record<string, unknown>>): Promise<undefined> {
  await world.driver.cancel();
  await world.up(config, { refresh: true });
  await wellFormed(world);
  assert.deepEqual(await unknownDroplets(world), []);
  await world.up(BASE);
  return undefined;
}

/** The droplet that was being created is lost to the state: it is named, and the command that is shown removes it. */
async function removeLost(world: World): Promise<void> {
  const [lost, ...others] = await unknownDroplets(world);
  assert.deepEqual(others, []);
  if (!(world.driver instanceof CliDriver)) {
    // `npm run orphans` reads the state of the Pulumi CLI.
    if (lost !== undefined) await world.lab.deleteDroplet(lost);
    return;
  }
  assert.ok(lost, "no droplet was lost: the kill came too late");
  const orphans = await execa(
    "npm",
    [
      "--prefix",
      ROOT,
      "exec",
      "--",
      "ts-node",
      "--transpile-only",
      path.join(ROOT, "tools/orphans.ts"),
      "--stack",
      "lab",
    ],
    { ...world.driver.place, reject: false },
  );
  assert.equal(orphans.exitCode, 3, orphans.stderr);
  assert.ok(orphans.stdout.startsWith(`${lost} (`), orphans.stdout);
  const command = /^ {2}(curl .*)$/m.exec(orphans.stdout)?.[1];
  assert.ok(command, orphans.stdout);
  await execa("bash", ["-c", command], { env: { DIGITALOCEAN_TOKEN: world.lab.token } });
  await gone(world, lost);
}
