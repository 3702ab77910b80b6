/** `npm run bench -- graph`. */
import * as path from "node:path";

import { Command } from "commander";

import { measureReadiness } from "./readiness/measure";
import { measureGraphs, writeGraphs } from "./graph";

const GENERATED = path.resolve(__dirname, "..", "docs", "generated");
const SCRATCH = path.resolve(__dirname, "..", ".bench");
const say = (line: string) => void process.stderr.write(`${line}\n`);

const program = new Command("bench");
program
  .command("graph")
  .description("what the program's graph costs under mocks, by its number of nodes")
  .option("--runs <count>", "runs of each graph", Number, 3)
  .action(async ({ runs }: { runs: number }) => writeGraphs(GENERATED, runs, await measureGraphs(runs, say)));
program
  .command("readiness")
  .description("from hosts that are up to a swarm: this program and others, on the same hosts")
  .option("--nodes <count...>", "numbers of nodes", ["5", "10", "20"])
  .option("--runs <count>", "runs of each contender", Number, 5)
  .action(async ({ nodes, runs }: { nodes: string[]; runs: number }) => {
    const rows = await measureReadiness(nodes.map(Number), runs, SCRATCH, say);
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  });
program.parseAsync().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
