/** `npm run bench -- whole`: `pulumi up` from nothing, `up` that changes nothing, and `destroy`, of the whole program. */
import { rm } from "node:fs/promises";
import * as path from "node:path";

import { labConfig, type RunResult } from "../../drivers";
import { CliDriver } from "../../drivers/cli";
import { type Lab, labDown, labUp } from "../../lab/lab";
import { criticalPath, type Dependencies, dependenciesOf } from "./critical-path";

/** One step on the critical path, in seconds. */
export interface Segment {
  readonly name: string;
  /** From the end of the step before, or the command's start. */
  readonly waited: number;
  readonly took: number;
}

/** What the whole program took, in seconds, run by run; five nodes. */
export interface WholeFigures {
  readonly resources: number;
  readonly up: readonly number[];
  readonly unchanged: readonly number[];
  /** An empty program with as many resources, that changes nothing. */
  readonly empty: readonly number[];
  readonly destroy: readonly number[];
  /** SSH logins on all hosts during all of `unchanged`. */
  readonly loginsWhileUnchanged: number;
  /** Dials that the last destroy reported. */
  readonly dialsWhileDestroyed: number;
  /** Of the last run. */
  readonly upPath: readonly Segment[];
  readonly destroyPath: readonly Segment[];
}

const LAB = { name: "bench" };
const UNCHANGED_PER_UP = 3;

/** Measures so many lives of a cluster, each from nothing. */
export async function measureWhole(
  runs: number,
  scratch: string,
  say: (line: string) => void,
): Promise<WholeFigures> {
  const took: Record<"up" | "unchanged" | "empty" | "destroy", number[]> = {
    up: [],
    unchanged: [],
    empty: [],
    destroy: [],
  };
  let last: Pick<WholeFigures, "resources" | "dialsWhileDestroyed" | "upPath" | "destroyPath"> | undefined;
  let logins = 0;
  const lab = await labUp(LAB, say);
  try {
    const config = await labConfig(lab.endpoint);
    for (let run = 0; run < runs; run++) {
      const stack = await fresh(path.join(scratch, "whole"));
      const up = await stack.up(config);
      const dependencies = dependenciesOf(await stack.storedState());
      took.up.push(up.seconds);

      const resources = up.changes.create;
      const count = String(resources - 1);
      const empty = await fresh(path.join(scratch, "empty"), "same-number.ts");
      const emptyConfig = { ...onlyDigitalOcean(config), "empty:count": count };
      await empty.up(emptyConfig);
      const before = await countLogins(lab);
      for (let i = 0; i < UNCHANGED_PER_UP; i++) {
        took.unchanged.push(unchanged(await stack.up(config)));
        took.empty.push(unchanged(await empty.up(emptyConfig)));
      }
      logins += (await countLogins(lab)) - before;
      await empty.destroy();

      const destroyed = await stack.destroy();
      took.destroy.push(destroyed.seconds);
      last = {
        resources,
        dialsWhileDestroyed: [...destroyed.log.matchAll(/Dial \d+\//g)].length,
        upPath: segments(up, dependencies),
        destroyPath: segments(destroyed, reversed(dependencies)),
      };
      say(
        `run ${run}: up ${up.seconds.toFixed(1)} s, unchanged ${took.unchanged.at(-1)?.toFixed(1) ?? ""} s ` +
          `(empty ${took.empty.at(-1)?.toFixed(1) ?? ""} s), destroy ${destroyed.seconds.toFixed(1)} s`,
      );
    }
  } finally {
    await labDown(LAB, say);
  }
  if (!last) throw new RangeError("nothing was measured");
  return { ...took, ...last, loginsWhileUnchanged: logins };
}

async function fresh(dir: string, program?: string): Promise<CliDriver> {
  await rm(dir, { recursive: true, force: true });
  return program
    ? new CliDriver(dir, "bench", { name: "empty", main: path.join(__dirname, program) })
    : new CliDriver(dir, "bench");
}

function onlyDigitalOcean(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key.startsWith("digitalocean:")));
}

/** @throws If something changed. */
function unchanged({ changes, seconds }: RunResult): number {
  const { create, update, replace } = changes;
  if (create + update + replace + changes.delete > 0) throw new Error("an up that was to change nothing did");
  return seconds;
}

async function countLogins(lab: Lab): Promise<number> {
  const counts = (await lab.droplets()).map(async ({ hostname }) => {
    const script = "journalctl --no-pager --unit ssh --output cat | grep -c '^Accepted' || true";
    return Number((await lab.exec(hostname, ["sh", "-c", script])).stdout);
  });
  return (await Promise.all(counts)).reduce((one, other) => one + other, 0);
}

/** The critical path of a run; what came before its first step is on it, too. */
function segments({ steps, started }: RunResult, dependencies: Dependencies): Segment[] {
  let before = started;
  return criticalPath(steps, dependencies).map(step => {
    const segment = {
      name: nameOf(step.urn),
      waited: (step.started - before) / 1000,
      took: (step.ended - step.started) / 1000,
    };
    before = step.ended;
    return segment;
  });
}

/** `Droplet swarm-web-0` for its URN. */
function nameOf(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
}

/** What is made from something goes before it. */
function reversed(dependencies: Dependencies): Dependencies {
  const dependents = new Map<string, string[]>([...dependencies.keys()].map(urn => [urn, []]));
  for (const [urn, on] of dependencies)
    for (const other of on) dependents.set(other, [...(dependents.get(other) ?? []), urn]);
  return dependents;
}
