/** `npm run bench -- graph`. */
import * as path from "node:path";

import { Command } from "commander";

import { measureGraphs, writeGraphs } from "./graph";

const GENERATED = path.resolve(__dirname, "..", "docs", "generated");
const say = (line: string) => void process.stderr.write(`${line}\n`);

const program = new Command("bench");
program
  .command("graph")
  .description("what the program's graph costs under mocks, by its number of nodes")
  .option("--runs <count>", "runs of each graph", Number, 3)
  .action(async ({ runs }: { runs: number }) => writeGraphs(GENERATED, runs, await measureGraphs(runs, say)));
program.parseAsync().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
