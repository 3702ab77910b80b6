/** `npm run bench -- readiness`: from hosts that are up to a swarm, all contenders on the same hosts, in turns. */
import { mkdir } from "node:fs/promises";
import * as path from "node:path";

import { type Lab, labDown, labUp } from "../../lab/lab";
import { median } from "../statistics";
import { type Contender, contenders, type Took } from "./contenders";
import { type BenchHosts, checkSwarm, createHosts, makeFresh } from "./hosts";

/** What one contender took for one number of nodes, in seconds, run by run. */
export interface ReadinessRow {
  readonly nodes: number;
  readonly contender: string;
  readonly seconds: readonly number[];
  readonly whole?: readonly number[];
}

/** Measures all contenders. @param scratch - Directory for what is installed and for keys. */
export async function measureReadiness(
  sizes: readonly number[],
  runs: number,
  scratch: string,
  say: (line: string) => void,
): Promise<ReadinessRow[]> {
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const all = await contenders(scratch, say);
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
  const took = new Map<Contender, Took[]>(all.map(contender => [contender, []]));
  // The first round is not counted: engines and disks that were never used are slower, whoever comes first.
  for (let round = 0; round <= runs; round++) {
    for (const contender of all) {
      await makeFresh(lab, hosts);
      const result = await contender.run(hosts);
      await checkSwarm(lab, hosts);
      if (round > 0) took.get(contender)?.push(result);
      say(`${hosts.hosts.length} nodes, round ${round}: ${contender.name} ${result.seconds.toFixed(2)} s`);
    }
  }
  return [...took].map(([{ name }, results]) => ({
    nodes: hosts.hosts.length,
    contender: name,
    seconds: results.map(({ seconds }) => seconds),
    ...(results[0]?.whole === undefined ? {} : { whole: results.map(({ whole = NaN }) => whole) }),
  }));
}

/** The median of a contender's runs. */
export function medianOf(rows: readonly ReadinessRow[], nodes: number, contender: string): number {
  return median(rows.find(row => row.nodes === nodes && row.contender === contender)?.seconds ?? []);
}
