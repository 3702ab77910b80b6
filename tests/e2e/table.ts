import { writeFile } from "node:fs/promises";

import type { Outcome } from "./scenario";

/** Writes outcomes as a Markdown table. */
export async function writeTable(file: string, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.map(
    ({ name, driver, seconds, result, detail }) =>
      `| ${name} | ${driver} | ${seconds.toFixed(1)} | ${result}${result === "skipped" && detail ? `: ${detail.trim()}` : ""} |`,
  );
  const total = Math.round(outcomes.reduce((sum, { seconds }) => sum + seconds, 0));
  const text = [
    "# End-to-end scenarios",
    "",
    "Written by `npm run e2e -- --table FILE`; do not edit.",
    "",
    "| scenario | driver | seconds | result |",
    "| --- | --- | ---: | --- |",
    ...rows,
    "",
    `${outcomes.length} scenarios in ${total} s.`,
    "",
  ].join("\n");
  await writeFile(file, text);
}
