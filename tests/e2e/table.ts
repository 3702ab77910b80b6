import { mkdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import * as path from "node:path";

import type { Outcome } from "./scenario";

const DRIVERS = ["cli", "rehearsal"] as const;
const WHOLE = "the whole run";

/** One run of the scenarios. */
export interface Run {
  readonly outcomes: readonly Outcome[];
  /** From the first scenario's start to the last one's end. */
  readonly seconds: number;
  /** How many labs it used side by side. */
  readonly labs: number;
}

/** Writes outcomes into a Markdown table. */
export async function writeTable(file: string, names: readonly string[], run: Run): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const earlier = await readFile(file, "utf8").catch(() => "");
  await writeFile(file, table(earlier, names, run));
}

/**
 * The table with a row per scenario and two columns per driver, from an earlier one and a new run. What was not run
 * stays as it was; what was not run with all others says so.
 */
export function table(earlier: string, names: readonly string[], run: Run): string {
  const { outcomes, seconds, labs } = run;
  const cells = parse(earlier);
  const isWhole = names.every(name => outcomes.some(outcome => outcome.name === name));
  for (const outcome of outcomes) cells.set(`${outcome.driver} ${outcome.name}`, cell(outcome, isWhole));
  const [first] = outcomes;
  if (isWhole && first) {
    const failed = outcomes.filter(({ result }) => result === "failed").length;
    const verdict = failed === 0 ? "passed" : `failed in ${failed} of ${outcomes.length}`;
    const place = `${labs} ${labs === 1 ? "lab" : "labs side by side"}`;
    cells.set(`${first.driver} ${WHOLE}`, `${verdict}, on ${place} | ${seconds.toFixed(1)}`);
  }
  const rows = [...names, WHOLE].map(
    name => `| ${name} | ${DRIVERS.map(driver => cells.get(`${driver} ${name}`) ?? " | ").join(" | ")} |`,
  );
  return [
    "# End-to-end scenarios",
    "",
    "Written by `npm run e2e -- --labs 3 --driver cli --table docs/generated/scenarios.md`, and the same with",
    "`--driver rehearsal`; a run of single scenarios (`--grep`) replaces their rows, and they say so. The last run was on a",
    `machine with ${availableParallelism()} cores.`,
    "",
    "| scenario | Pulumi CLI | seconds | rehearsal | seconds |",
    "| --- | --- | ---: | --- | ---: |",
    ...rows,
    "",
  ].join("\n");
}

function cell({ result, seconds, detail }: Outcome, isWhole: boolean): string {
  if (!isWhole && result !== "skipped") return `${result}, run by itself | ${seconds.toFixed(1)}`;
  const why = result === "skipped" && detail ? `: ${detail.trim()}` : "";
  return `${result}${why} | ${result === "skipped" ? "" : seconds.toFixed(1)}`;
}

/** Cells of an earlier table, as `result | seconds`, by driver and scenario. */
function parse(text: string): Map<string, string> {
  const cells = new Map<string, string>();
  for (const line of text.split("\n").filter(line => line.startsWith("| "))) {
    const [, name = "", ...columns] = line.split("|").map(column => column.trim());
    DRIVERS.forEach((driver, i) => {
      const [result = "", seconds = ""] = columns.slice(2 * i, 2 * i + 2);
      if (/^(passed|failed|skipped)/.test(result)) cells.set(`${driver} ${name}`, `${result} | ${seconds}`);
    });
  }
  return cells;
}
