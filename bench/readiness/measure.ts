/**
 * `npm run bench -- readiness` and `-- growth`: from hosts that are up to a swarm, all contenders on the same hosts.
 * Every round has all of them and all sizes, so that a machine that is slower for some minutes is so for all.
 */
import { mkdir } from "node:fs/promises";
import * as path from "node:path";

import { type Lab, labDown, labUp } from "../../lab/lab";
import { type Contender, contenders, type Took } from "./contenders";
import { type BenchHosts, createHosts, firstOf } from "./hosts";
import { type Profile, ProfileWatch } from "./profile";
import { checkSwarm, makeFresh, withProcessors } from "./state";

/** What one contender took for one number of nodes, run by run. */
export interface ReadinessRow {
  readonly nodes: number;
  readonly contender: string;
  readonly seconds: readonly number[];
  /** Of one more run, which is not in `seconds`. */
  readonly profile: Profile;
}

/** What is measured. */
export interface Rounds {
  /** Numbers of nodes. */
  readonly sizes: readonly number[];
  /** Of each contender. */
  readonly runs: number;
  /** How many others the program is compared with, the fastest first. */
  readonly others?: number;
  /** How much of a core each host has to itself; by default they share all cores. */
  readonly share?: number;
}

/** Measures all contenders. @param scratch - Directory for what is installed and for keys. */
export async function measureReadiness(
  { sizes, runs, others = Infinity, share }: Rounds,
  scratch: string,
  say: (line: string) => void,
): Promise<ReadinessRow[]> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const all = (await contenders(scratch, say)).slice(0, 1 + others);
  const choice = { name: "bench" };
  const lab = await labUp(choice, say);
  try {
    const most = Math.max(...sizes);
    say(`${most} hosts`);
    const hosts = await createHosts(lab, most, path.join(scratch, "hosts"));
    const trials: Trial[] = [];
    for (const size of sizes) {
      const chosen = await firstOf(size, hosts);
      trials.push(...all.map(contender => ({ lab, hosts: chosen, share, contender, seconds: [] })));
    }
    // Engines and disks that were never used are slower, whoever comes first: the first round is not counted.
    for (let round = 0; round <= runs; round++)
      for (const trial of trials) {
        const seconds = await time(trial);
        if (round > 0) trial.seconds.push(seconds);
        say(`${nameOf(trial)}: ${seconds.toFixed(2)} s${round > 0 ? "" : ", not counted"}`);
      }
    const rows: ReadinessRow[] = [];
    for (const trial of trials) {
      say(`${nameOf(trial)}: once more, for its profile`);
      const { contender, seconds } = trial;
      const profile = await profileOf(trial);
      rows.push({ nodes: trial.hosts.hosts.length, contender: contender.name, seconds, profile });
    }
    return rows;
  } finally {
    await labDown(choice, say);
  }
}

/** One contender with one number of hosts. */
interface Trial {
  readonly lab: Lab;
  readonly hosts: BenchHosts;
  readonly share: number | undefined;
  readonly contender: Contender;
  readonly seconds: number[];
}

const nameOf = ({ hosts, contender }: Trial) => `${hosts.hosts.length} nodes: ${contender.name}`;

async function time(trial: Trial): Promise<number> {
  const { from, to } = await run(trial);
  return (to - from) / 1000;
}

async function profileOf(trial: Trial): Promise<Profile> {
  const watch = new ProfileWatch();
  const { from, to } = await run(trial).finally(() => {
    watch.stop();
  });
  return watch.between(from, to);
}

async function run(trial: Trial): Promise<Took> {
  const { lab, hosts, share, contender } = trial;
  await makeFresh(lab, hosts);
  const took =
    share === undefined
      ? await contender.run(hosts)
      : await withProcessors(lab, hosts, share, () => contender.run(hosts));
  await checkSwarm(lab, hosts);
  return took;
}
