/** `npm run bench -- readiness`: from hosts that are up to a swarm, all contenders on the same hosts, in turns. */
import { mkdir } from "node:fs/promises";
import * as path from "node:path";

import { type Lab, labDown, labUp } from "../../lab/lab";
import { type CpuUse, CpuWatch } from "../cpu";
import { type Contender, contenders } from "./contenders";
import { type BenchHosts, checkSwarm, createHosts, makeFresh } from "./hosts";

/** What one contender took for one number of nodes, run by run. */
export interface ReadinessRow {
  readonly nodes: number;
  readonly contender: string;
  readonly seconds: readonly number[];
  /** What the machine's cores did meanwhile. */
  readonly cpu: readonly CpuUse[];
}

/** What is measured. */
export interface Rounds {
  /** Numbers of nodes. */
  readonly sizes: readonly number[];
  /** Of each contender. */
  readonly runs: number;
  /** How many others the program is compared with, the fastest first. */
  readonly others?: number;
}

/** Measures all contenders. @param scratch - Directory for what is installed and for keys. */
export async function measureReadiness(
  { sizes, runs, others = Infinity }: Rounds,
  scratch: string,
  say: (line: string) => void,
): Promise<ReadinessRow[]> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const all = (await contenders(scratch, say)).slice(0, 1 + others);
  const rows: ReadinessRow[] = [];
  for (const nodes of sizes) {
    const choice = { name: "bench" };
    const lab = await labUp(choice, say);
    try {
      say(`${nodes} hosts`);
      const hosts = await createHosts(lab, nodes, path.join(scratch, "hosts"));
      rows.push(...(await inTurns(lab, hosts, all, runs, say)));
    } finally {
      await labDown(choice, say);
    }
  }
  return rows;
}

async function inTurns(
  lab: Lab,
  hosts: BenchHosts,
  all: readonly Contender[],
  runs: number,
  say: (line: string) => void,
): Promise<ReadinessRow[]> {
  const rows = all.map(({ name }) => ({
    ...{ nodes: hosts.hosts.length, contender: name },
    ...{ seconds: [] as number[], cpu: [] as CpuUse[] },
  }));
  // The first round is not counted: engines and disks that were never used are slower, whoever comes first.
  for (let round = 0; round <= runs; round++) {
    for (const [i, contender] of all.entries()) {
      await makeFresh(lab, hosts);
      const cpu = new CpuWatch();
      const { from, to } = await contender.run(hosts).finally(() => cpu.stop());
      await checkSwarm(lab, hosts);
      const seconds = (to - from) / 1000;
      if (round > 0) {
        rows[i]?.seconds.push(seconds);
        rows[i]?.cpu.push(cpu.between(from, to));
      }
      say(`${hosts.hosts.length} nodes, round ${round}: ${contender.name} ${seconds.toFixed(2)} s`);
    }
  }
  return rows;
}
