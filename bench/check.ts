/** `npm run bench -- check`: ratios, not seconds, so that another machine may judge. */
import { type GraphRow, measureGraphs } from "./graph/measure";
import { measureReadiness, type ReadinessRow } from "./readiness/measure";
import { readReport } from "./report";
import { median } from "./statistics";

/** How much worse a ratio may be: runs differ by a fifth on the machine that wrote the figures. */
const ROOM = 1.33;
/** Five nodes take seconds, and runs differ by more: up to here readiness is as README.md has it. */
const PROMISED_READINESS = 1.5;
const NODES = 5;
const GRAPH_NODES = 100;

/** A ratio that was measured again. */
export interface Compared {
  readonly what: string;
  readonly was: number;
  readonly is: number;
  /** Up to here it is not worse, whatever it was. */
  readonly promised?: number;
}

/** Those that are much worse: a line each. */
export function muchWorse(ratios: readonly Compared[]): string[] {
  return (
    ratios
      // What is no number is no good either.
      .filter(({ was, is, promised = 0 }) => !(is <= Math.max(was * ROOM, promised)))
      .map(({ what, was, is }) => `${what}: ${is.toFixed(2)}, and it was ${was.toFixed(2)}`)
  );
}

/** Measures again, and says what is much worse. */
export async function check(scratch: string, say: (line: string) => void): Promise<string[]> {
  const graphs = await measureGraphs([GRAPH_NODES], 3, say);
  const rows = await measureReadiness({ sizes: [NODES], runs: 3, others: 1 }, scratch, say);
  const { figures: oldRows } = await readReport<ReadinessRow[]>("readiness");
  const { figures: oldGraphs } = await readReport<GraphRow[]>("graph");
  const ratios = [
    {
      what: "readiness, to the parallel script",
      was: toScript(oldRows),
      is: toScript(rows),
      promised: PROMISED_READINESS,
    },
    {
      what: "the graph's time, to bare resources",
      was: toBare(oldGraphs, "seconds"),
      is: toBare(graphs, "seconds"),
    },
    {
      what: "the graph's memory, to bare resources",
      was: toBare(oldGraphs, "memory"),
      is: toBare(graphs, "memory"),
    },
  ];
  for (const { what, was, is } of ratios) say(`${what}: ${is.toFixed(2)} (${was.toFixed(2)})`);
  return muchWorse(ratios);
}

function toScript(rows: readonly ReadinessRow[]): number {
  const [ours, script] = rows.filter(({ nodes }) => nodes === NODES).map(({ seconds }) => median(seconds));
  return (ours ?? NaN) / (script ?? NaN);
}

function toBare(rows: readonly GraphRow[], what: "seconds" | "memory"): number {
  const row = rows.find(({ nodes }) => nodes === GRAPH_NODES);
  return row ? row.program[what] / row.constants[what] : NaN;
}
