/** `npm run bench`: all parts, or one. */
import "../broken-pipe";

import * as path from "node:path";

import { Command } from "commander";

import { check } from "./check";
import { measureGraphs } from "./graph/measure";
import { measureLab } from "./lab/measure";
import { measureLimits } from "./limits/measure";
import { measureReadiness } from "./readiness/measure";
import { type Part, readReport, type Report, reportOf, type Shown, writeReport } from "./report";
import { showGraph, showGrowth, showLab, showLimits, showReadiness, showWhole } from "./tables";
import { measureWhole } from "./whole/measure";

const SCRATCH = path.resolve(__dirname, "..", ".bench");
const say = (line: string) => void process.stderr.write(`${line}\n`);

function fault(what: string, error: unknown): void {
  say(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
}

interface Measured {
  readonly about: string;
  readonly measure: () => Promise<void>;
  /** Writes table and plots again, from the data. */
  readonly draw: () => Promise<void>;
}

function part<Figures>(
  name: Part,
  about: string,
  figures: () => Promise<Figures>,
  show: (figures: Figures) => Shown,
): Measured {
  const write = (report: Report<Figures>) => writeReport(name, report, show(report.figures));
  return {
    about,
    measure: async () => write(await reportOf(await figures())),
    draw: async () => write(await readReport<Figures>(name)),
  };
}

const PARTS: Readonly<Record<Part, Measured>> = {
  lab: part("lab", "what the lab itself costs", () => measureLab(2, SCRATCH, say), showLab),
  readiness: part(
    "readiness",
    "from ready hosts to a swarm: this program and others, on the same hosts",
    () => measureReadiness({ sizes: [5, 10, 20], runs: 5 }, SCRATCH, say),
    showReadiness,
  ),
  growth: part(
    "growth",
    "the same with hosts that have a part of a core each: how a swarm's time grows with its nodes",
    () => measureReadiness({ sizes: [5, 20], runs: 5, others: 1, share: 1 / 16 }, SCRATCH, say),
    showGrowth,
  ),
  whole: part(
    "whole",
    "pulumi up from nothing, up that changes nothing, and destroy",
    () => measureWhole(3, SCRATCH, say),
    showWhole,
  ),
  graph: part(
    "graph",
    "what the program's graph costs under mocks, by its number of nodes",
    // One run of the largest: three would take as long as all else.
    async () => [...(await measureGraphs([10, 100, 1000], 3, say)), ...(await measureGraphs([3000], 1, say))],
    showGraph,
  ),
  limits: part(
    "limits",
    "how long DigitalOcean's request limits make a thousand droplets take",
    () => measureLimits(1000, { parallel: 64, requestsPerSecond: 4 }, SCRATCH),
    showLimits,
  ),
};

const program = new Command("bench").description(
  "Measures, and writes docs/benchmarks.md; without a part, all of it",
);
program
  .command("all", { isDefault: true })
  .description("all parts, one after the other: an hour and a half")
  .action(async () => {
    // A part that fails does not cost the others their hour.
    for (const [name, { measure }] of Object.entries(PARTS))
      await measure().catch((error: unknown) => {
        fault(`${name} was not measured`, error);
      });
  });
for (const [name, { about, measure }] of Object.entries(PARTS))
  program.command(name).description(about).action(measure);
program
  .command("draw")
  .description("writes tables and plots again, from the data that is there")
  .action(async () => {
    for (const { draw } of Object.values(PARTS)) await draw();
  });
program
  .command("check")
  .description("measures the ratios again, and fails when one is much worse than docs/benchmarks.md says")
  .action(async () => {
    const worse = await check(SCRATCH, say);
    for (const line of worse) say(line);
    if (worse.length > 0) process.exitCode = 1;
  });
program.parseAsync().catch((error: unknown) => {
  fault("bench", error);
});
