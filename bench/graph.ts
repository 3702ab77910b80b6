/** `npm run bench -- graph`: what the program's graph costs, beside a bare one of as many resources. */
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import * as path from "node:path";

import execa from "execa";

import type { GraphCost } from "./graph-run";

const CHILD = path.join(__dirname, "graph-run.ts");
const NODES = [10, 100, 1000, 3000];

/** The two graphs of one size: medians of several runs. */
export interface GraphRow {
  readonly nodes: number;
  readonly program: GraphCost;
  /** As many resources without inputs, parents and dependencies: what Pulumi's SDK itself costs. */
  readonly bare: GraphCost;
}

/** Measures all sizes, the two graphs of one size in turns. */
export async function measureGraphs(runs: number, say: (line: string) => void): Promise<GraphRow[]> {
  const rows: GraphRow[] = [];
  for (const nodes of NODES) {
    const [programs, bares]: [GraphCost[], GraphCost[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      const program = await build("program", nodes);
      programs.push(program);
      bares.push(await build("bare", program.resources));
    }
    const row = { nodes, program: median(programs), bare: median(bares) };
    say(`${nodes} nodes: ${row.program.seconds.toFixed(1)} s, bare ${row.bare.seconds.toFixed(1)} s`);
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
  const lines = rows.map(({ nodes, program, bare }) =>
    [
      "",
      nodes,
      program.resources,
      program.seconds.toFixed(1),
      bare.seconds.toFixed(1),
      (program.seconds / bare.seconds).toFixed(1),
      Math.round(program.memory),
      Math.round(bare.memory),
      (program.inputs / nodes / 1024).toFixed(1),
      (program.largest.userData / 1024).toFixed(1),
      (program.largest.stdin / 1024).toFixed(1),
      "",
    ].join(" | "),
  );
  return [
    "# What the graph costs",
    "",
    `Written by \`npm run bench -- graph\`: the program with 3 managers and workers, under Pulumi's mocks, beside a bare graph`,
    `of as many resources; medians of ${runs} runs, each a process of its own. Node ${process.version}, ${availableParallelism()} cores.`,
    "",
    "| nodes | resources | s | bare s | ratio | MiB | bare MiB | KiB of inputs a node | KiB of user data | KiB of the largest stdin |",
    "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map(line => line.trim()),
    "",
  ].join("\n");
}

async function build(kind: "program" | "bare", count: number): Promise<GraphCost> {
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
