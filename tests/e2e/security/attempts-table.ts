import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";

import type { Attempt } from "./attempts";

const INTRODUCTION = `# Who tried what from where

Written by \`npm run e2e -- --attempts docs/generated/security.md --grep security\`. Every line is what packets and logins
really did on the [lab](../../lab/README.md); each scenario fails if one comes out otherwise than intended.

- **outsider**: a droplet of another VPC, without the cluster's tag. **neighbour**: a droplet in the cluster's own VPC,
  without its tag. **operator**: the machine that runs the program, the only address in \`firewall.sshFrom\` and
  \`firewall.dockerApiFrom\`. Only 80/tcp is in \`firewall.publish\`.
- **open**: a connection. **refused**: let in, and nothing listens there. **dropped**: no answer of any kind; packets
  without a connection were counted on the node, in front of the firewall and behind it: they came, and did not get
  through. **arrives**: counted behind the firewall. **dropped at the sender**: by the sender's own firewall, on the
  way out.
- The lab puts a firewall in force on a new droplet before its first process runs. How fast DigitalOcean does is not
  shown here; that the firewall is there before the droplets, and goes after them, is.
`;

/** Writes all attempts of a run as a Markdown document. */
export async function writeAttempts(file: string, attempts: readonly Attempt[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, attemptsTable(attempts));
}

/** A table per topic. Attempts that differ only in the node make one row. */
export function attemptsTable(attempts: readonly Attempt[]): string {
  const topics = [...new Set(attempts.map(({ topic }) => topic))];
  const tables = topics.map(topic => ({
    topic,
    rows: rowsOf(attempts.filter(attempt => attempt.topic === topic)),
  }));
  const count = tables.reduce((sum, { rows }) => sum + rows.length, 0);
  const wrong = attempts.filter(({ intended, seen }) => intended !== seen).length;
  return [
    INTRODUCTION,
    ...tables.flatMap(({ topic, rows }) => [
      `## ${topic}`,
      "",
      "| from | to | port or credential | intended | seen |",
      "| --- | --- | --- | --- | --- |",
      ...rows,
      "",
    ]),
    `${attempts.length} attempts in ${count} rows, ${wrong === 0 ? "all as intended" : `${wrong} of them not as intended`}.`,
    "",
  ].join("\n");
}

function rowsOf(attempts: readonly Attempt[]): string[] {
  const rows = new Map<string, { readonly like: Attempt; readonly to: string[] }>();
  for (const attempt of attempts) {
    const { from, at = "", what, intended, seen } = attempt;
    const key = JSON.stringify([from, at, what, intended, seen]);
    const row = rows.get(key) ?? { like: attempt, to: [] };
    row.to.push(attempt.to);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ like, to }) => {
    const where = `${to.join(", ")}${like.at ? ` (${like.at})` : ""}`;
    const seen = like.seen === like.intended ? like.seen : `**${like.seen}**`;
    return `| ${like.from} | ${where} | ${like.what} | ${like.intended} | ${seen} |`;
  });
}
