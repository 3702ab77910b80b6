import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";

import type { Outcome } from "./scenario";

const DRIVERS = ["cli", "rehearsal"] as const;

/** Writes outcomes as a Markdown table. A driver that did not run keeps the columns that an earlier run gave it. */
export async function writeTable(
  file: string,
  names: readonly string[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const earlier = await readFile(file, "utf8").catch(() => "");
  await writeFile(file, table(earlier, names, outcomes));
}

/** The table with a row per scenario and two columns per driver, from an earlier one and new outcomes. */
export function table(earlier: string, names: readonly string[], outcomes: readonly Outcome[]): string {
  const cells = parse(earlier);
  const ran = new Set(outcomes.map(({ driver }) => driver));
  for (const key of [...cells.keys()])
    if (ran.has(key.slice(0, key.indexOf(" ")) as Outcome["driver"])) cells.delete(key);
  for (const outcome of outcomes) cells.set(`${outcome.driver} ${outcome.name}`, cell(outcome));
  const rows = names.map(
    name => `| ${name} | ${DRIVERS.map(driver => cells.get(`${driver} ${name}`) ?? " | ").join(" | ")} |`,
  );
  const total = (driver: string) => {
    const seconds = names.map(name => Number(cells.get(`${driver} ${name}`)?.split(" | ")[1] ?? 0));
    return Math.round(seconds.reduce((sum, one) => sum + one, 0));
  };
  return [
    "# End-to-end scenarios",
    "",
    "Written by `npm run e2e -- --driver cli --table docs/generated/scenarios.md`, and the same with `--driver rehearsal`; each",
    `run writes its driver's columns. The last run was on a machine with ${availableParallelism()} cores.`,
    "",
    "| scenario | Pulumi CLI | seconds | rehearsal | seconds |",
    "| --- | --- | ---: | --- | ---: |",
    ...rows,
    `| ${names.length} scenarios | | ${total("cli")} | | ${total("rehearsal")} |`,
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
