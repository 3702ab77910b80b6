/** `npm run bench -- graph`: what the program's graph costs, beside what Pulumi's SDK itself does. */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import * as path from "node:path";

import execa from "execa";

import type { GraphCost } from "./graph-run";

const CHILD = path.join(__dirname, "graph-run.ts");
const NODES = [10, 100, 1000, 3000];

/** The graphs of one size: medians of several runs. */
export interface GraphRow {
  readonly nodes: number;
  readonly program: GraphCost;
  /** As many droplets and Commands of constants: what the SDK itself costs for such resources. */
  readonly constants: GraphCost;
  /** As many resources without inputs and outputs. */
  readonly bare: GraphCost;
}

/** Measures all sizes, the two graphs of one size in turns. */
export async function measureGraphs(runs: number, say: (line: string) => void): Promise<GraphRow[]> {
  const rows: GraphRow[] = [];
  for (const nodes of NODES) {
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
      program: median(costs.program),
      constants: median(costs.constants),
      bare: median(costs.bare),
    };
    say(
      `${nodes} nodes: ${row.program.seconds.toFixed(1)} s, constants ${row.constants.seconds.toFixed(1)} s`,
    );
    rows.push(row);
  }
  return rows;
}

/** Writes the figures, and a table of them. */
export async function writeGraphs(dir: string, runs: number, rows: readonly GraphRow[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "graph.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
  await writeFile(path.join(dir, "graph.md"), graphTable(runs, rows));
}

/** The table of the figures. */
export function graphTable(runs: number, rows: readonly GraphRow[]): string {
  const lines = rows.map(({ nodes, program, constants, bare }) =>
    [
      nodes,
      program.resources,
      program.seconds.toFixed(1),
      constants.seconds.toFixed(1),
      (program.seconds / constants.seconds).toFixed(1),
      bare.seconds.toFixed(1),
      Math.round(program.memory),
      Math.round(constants.memory),
      Math.round(bare.memory),
      (program.inputs / nodes / 1024).toFixed(1),
      (program.largest.userData / 1024).toFixed(1),
      (program.largest.stdin / 1024).toFixed(1),
    ].join(" | "),
  );
  return [
    "# What the graph costs",
    "",
    "Written by `npm run bench -- graph`: the program with 3 managers and workers, under Pulumi's mocks; beside it as many",
    "droplets and Commands of constants, and as many resources without inputs and outputs. From the first constructor until",
    `all are registered, and the most memory of the process; medians of ${runs} runs, each a process of its own. Node`,
    `${process.version}, ${availableParallelism()} cores.`,
    "",
    "| nodes | resources | s | constants, s | ratio | bare, s | MiB | constants, MiB | bare, MiB | KiB of inputs a node | KiB of user data | KiB of the largest stdin |",
    `|${" ---: |".repeat(12)}`,
    ...lines.map(line => `| ${line} |`),
    "",
  ].join("\n");
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

function median(costs: readonly GraphCost[]): GraphCost {
  const middle = (key: "seconds" | "memory") =>
    costs.map(cost => cost[key]).sort((one, other) => one - other)[Math.floor(costs.length / 2)] ?? NaN;
  const [first] = costs;
  if (!first) throw new RangeError("nothing was measured");
  return { ...first, seconds: middle("seconds"), memory: middle("memory") };
}
