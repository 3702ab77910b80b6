/** Where figures go: their data and plots in docs/generated/bench, their tables in docs/benchmarks.md. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import * as path from "node:path";

import execa from "execa";

const DOCS = path.resolve(__dirname, "..", "docs");
const GENERATED = path.join(DOCS, "generated", "bench");

/** The parts of docs/benchmarks.md, each written by a command of its own. */
export type Part = "readiness" | "growth" | "whole" | "graph" | "limits" | "lab";

/** What was measured, and on what. */
export interface Report<Figures> {
  readonly figures: Figures;
  readonly machine: string;
  /** The day, as YYYY-MM-DD. */
  readonly date: string;
}

/** A table, and plots by name. */
export interface Shown {
  readonly table: string;
  readonly plots: Readonly<Record<string, string>>;
}

/** Figures that were measured just now, here. */
export async function reportOf<Figures>(figures: Figures): Promise<Report<Figures>> {
  return { figures, machine: await machine(), date: new Date().toISOString().slice(0, 10) };
}

/** What a part came to the last time. @throws If it was never measured. */
export async function readReport<Figures>(part: Part): Promise<Report<Figures>> {
  return JSON.parse(await readFile(path.join(GENERATED, `${part}.json`), "utf8")) as Report<Figures>;
}

/** Writes data, plots and the table of one part. */
export async function writeReport(
  part: Part,
  report: Report<unknown>,
  { table, plots }: Shown,
): Promise<void> {
  await mkdir(GENERATED, { recursive: true });
  await writeFile(path.join(GENERATED, `${part}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  for (const [name, svg] of Object.entries(plots)) await writeFile(path.join(GENERATED, `${name}.svg`), svg);
  const images = Object.keys(plots).map(name => `![${name}](generated/bench/${name}.svg)\n`);
  const run = `Measured on ${report.date}: ${report.machine}. \`npm run bench -- ${part}\`; data in [${part}.json](generated/bench/${part}.json).`;
  const file = path.join(DOCS, "benchmarks.md");
  const text = replacePart(await readFile(file, "utf8"), part, [table, ...images, run].join("\n"));
  await writeFile(file, text);
  await execa("prettier", ["--write", file], { preferLocal: true, localDir: __dirname });
}

/** Puts text between the marks of a part. @throws If the document has no such marks. */
export function replacePart(document: string, part: Part, text: string): string {
  const [begin, end] = [`<!-- ${part}: generated -->`, `<!-- ${part}: end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for "${part}"`);
  return `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`;
}

/** A Markdown table; cells of the first column are left, others right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line), ""].join("\n");
}

async function machine(): Promise<string> {
  const [cpu] = cpus();
  const version = async (command: string, ...args: string[]) =>
    (await execa(command, args, { reject: false })).stdout.trim() || "none";
  return [
    `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    `Pulumi ${await version("pulumi", "version")}`,
  ].join(", ");
}
