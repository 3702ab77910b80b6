/** `npm run bench`: all parts, or one. */
import * as path from "node:path";

import { Command } from "commander";

import { check } from "./check";
import { measureGraphs } from "./graph/measure";
import { measureLab } from "./lab/measure";
import { measureLimits } from "./limits/measure";
import { measureReadiness } from "./readiness/measure";
import { type Part, writePart } from "./report";
import { showGraph, showLab, showLimits, showReadiness, type Shown, showWhole } from "./tables";
import { measureWhole } from "./whole/measure";

const SCRATCH = path.resolve(__dirname, "..", ".bench");
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function write<Figures>(
  part: Part,
  figures: Figures,
  show: (figures: Figures) => Shown,
): Promise<void> {
  const { table, plots } = show(figures);
  await writePart(part, figures, table, plots);
  process.stdout.write(`${table}\n`);
}

const PARTS: Readonly<Record<Part, { readonly about: string; run: () => Promise<void> }>> = {
  lab: {
    about: "what the lab itself costs",
    run: async () => write("lab", await measureLab(3, SCRATCH, say), showLab),
  },
  readiness: {
    about: "from ready hosts to a swarm: this program and others, on the same hosts",
    run: async () =>
      write(
        "readiness",
        await measureReadiness({ sizes: [5, 10, 20], runs: 5 }, SCRATCH, say),
        showReadiness,
      ),
  },
  whole: {
    about: "pulumi up from nothing, up that changes nothing, and destroy",
    run: async () => write("whole", await measureWhole(5, SCRATCH, say), showWhole),
  },
  graph: {
    about: "what the program's graph costs under mocks, by its number of nodes",
    run: async () => write("graph", await measureGraphs([10, 100, 1000, 3000], 3, say), showGraph),
  },
  limits: {
    about: "how long DigitalOcean's request limits make a thousand droplets take",
    run: async () =>
      write("limits", await measureLimits(1000, { parallel: 64, requestsPerSecond: 4 }, SCRATCH), showLimits),
  },
};

const program = new Command("bench").description(
  "Measures, and writes docs/benchmarks.md; without a part, all of it",
);
program
  .command("all", { isDefault: true })
  .description("all parts, one after the other: about an hour")
  .action(async () => {
    for (const { run } of Object.values(PARTS)) await run();
  });
for (const [part, { about, run }] of Object.entries(PARTS))
  program.command(part).description(about).action(run);
program
  .command("check")
  .description("measures the ratios again, and fails when one is much worse than docs/benchmarks.md says")
  .action(async () => {
    const worse = await check(SCRATCH, say);
    for (const line of worse) say(line);
    if (worse.length > 0) process.exitCode = 1;
  });
program.parseAsync().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
