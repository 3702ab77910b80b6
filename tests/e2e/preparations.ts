import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import * as path from "node:path";

/** A run of the preparation script on a droplet. */
export interface Preparation {
  readonly release: string;
  /** The engine that the image came with; "none" on a stock droplet. */
  readonly before: string;
  readonly wanted: string;
  /** Version and package of the engine, or what the marker says of the failure. */
  readonly got: string;
  /** From the script's start to its end. */
  readonly seconds: number;
  /** What was special about it. */
  readonly note: string;
}

const INTRODUCTION = [
  "# How hosts are prepared",
  "",
  "Written by `npm run e2e -- --grep stock --prepared docs/generated/prepare-host.md`. Every line is a run of",
  "[prepare-host.sh](../../components/nodes/scripts/prepare-host.sh) by cloud-init on a droplet of the [lab](../../lab/README.md), with packages",
  "from Debian's mirror and from a signed repository laid out like Docker's. On stock droplets agents hold the lock of apt's",
  "lists and the locks of dpkg in turns for the first 20 seconds; the seconds are the script's own, up to five droplets at a",
].join("\n");

/** Writes all preparations of a run as a Markdown document. */
export async function writePreparations(file: string, preparations: readonly Preparation[]): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, preparationsTable(preparations));
}

/** A row per preparation. */
export function preparationsTable(preparations: readonly Preparation[]): string {
  return [
    `${INTRODUCTION}\ntime on a machine with ${availableParallelism()} cores.`,
    "",
    "| release | engine of the image | engine wanted | engine got | seconds | |",
    "| --- | --- | --- | --- | ---: | --- |",
    ...preparations.map(({ release, before, wanted, got, seconds, note }) =>
      row([release, before, `\`${wanted}\``, got, String(seconds), note]),
    ),
    "",
  ].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
