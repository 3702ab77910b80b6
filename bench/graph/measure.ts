/** `npm run bench -- graph`: what the program's graph costs, beside what Pulumi's SDK itself does. */
import * as path from "node:path";

import execa from "execa";

import { median } from "../statistics";
import type { GraphCost } from "./run";

const CHILD = path.join(__dirname, "run.ts");

/** The graphs of one size: medians of several runs. */
export interface GraphRow {
  readonly nodes: number;
  readonly program: GraphCost;
  /** As many droplets and Commands of constants: what the SDK itself costs for such resources. */
  readonly constants: GraphCost;
  /** As many resources without inputs and outputs. */
  readonly bare: GraphCost;
}

/** Measures all sizes, the graphs of one size in turns. */
export async function measureGraphs(
  sizes: readonly number[],
  runs: number,
  say: (line: string) => void,
): Promise<GraphRow[]> {
  const rows: GraphRow[] = [];
  for (const nodes of sizes) {
    const costs: Record<"program" | "constants" | "bare", GraphCost[]> = {
      program: [],
      constants: [],
      bare: [],
    };
    for (let run = 0; run < runs; run++) {
      const program = await build("program", nodes);
      costs.program.push(program);
      costs.constants.push(await build("constants", nodes));
      costs.bare.push(await build("bare", program.resources));
    }
    const row = {
      nodes,
      program: middle(costs.program),
      constants: middle(costs.constants),
      bare: middle(costs.bare),
    };
    say(
      `${nodes} nodes: ${row.program.seconds.toFixed(1)} s, constants ${row.constants.seconds.toFixed(1)} s`,
    );
    rows.push(row);
  }
  return rows;
}

async function build(kind: "program" | "constants" | "bare", count: number): Promise<GraphCost> {
  const { stdout } = await execa(process.execPath, [
    "--require",
    "ts-node/register/transpile-only",
    CHILD,
    kind,
    String(count),
  ]);
  return JSON.parse(stdout.split("\n").at(-1) ?? "") as GraphCost;
}

function middle(costs: readonly GraphCost[]): GraphCost {
  const [first] = costs;
  if (!first) throw new RangeError("nothing was measured");
  const of = (key: "seconds" | "memory") => median(costs.map(cost => cost[key]));
  return { ...first, seconds: of("seconds"), memory: of("memory") };
}
