import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";

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

/** Writes outcomes as a Markdown table. A driver that did not run keeps the columns that an earlier run gave it. */
export async function writeTable(file: string, names: readonly string[], run: Run): Promise<void> {
  const earlier = await readFile(file, "utf8").catch(() => "");
  await writeFile(file, table(earlier, names, run));
}

/** The table with a row per scenario and two columns per driver, from an earlier one and a new run. */
export function table(earlier: string, names: readonly string[], run: Run): string {
  const { outcomes, seconds, labs } = run;
  const cells = parse(earlier);
  const ran = new Set(outcomes.map(({ driver }) => driver));
  for (const key of [...cells.keys()])
    if (ran.has(key.slice(0, key.indexOf(" ")) as Outcome["driver"])) cells.delete(key);
  for (const outcome of outcomes) cells.set(`${outcome.driver} ${outcome.name}`, cell(outcome));
  const failed = outcomes.some(({ result }) => result === "failed");
  for (const driver of ran)
    cells.set(
      `${driver} ${WHOLE}`,
      `${failed ? "failed" : "passed"}, on ${labs} ${labs === 1 ? "lab" : "labs side by side"} | ${seconds.toFixed(1)}`,
    );
  const rows = [...names, WHOLE].map(
    name => `| ${name} | ${DRIVERS.map(driver => cells.get(`${driver} ${name}`) ?? " | ").join(" | ")} |`,
  );
  return [
    "# End-to-end scenarios",
    "",
    "Written by `npm run e2e -- --labs 2 --driver cli --table docs/generated/scenarios.md`, and the same with",
    `\`--driver rehearsal\`; each run writes its driver's columns. The last one was on a machine with ${availableParallelism()} cores.`,
    "",
    "| scenario | Pulumi CLI | seconds | rehearsal | seconds |",
    "| --- | --- | ---: | --- | ---: |",
    ...rows,
    "",
  ].join("\n");
}

function cell({ result, seconds, detail }: Outcome): string {
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
