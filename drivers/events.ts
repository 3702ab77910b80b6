/** The engine's events while it runs: what `pulumi --event-log` writes, with the time at which it was written. */
import { closeSync, fstatSync, type FSWatcher, openSync, readSync, watch } from "node:fs";

import type { Changes, Step } from "./driver";

/** One resource in one event. */
interface Metadata {
  readonly op: string;
  readonly urn: string;
}

/** An event, as far as it is looked at. */
interface EngineEvent {
  readonly resourcePreEvent?: { readonly metadata: Metadata };
  readonly resOutputsEvent?: { readonly metadata: Metadata };
  readonly summaryEvent?: { readonly resourceChanges?: Readonly<Record<string, number>> };
}

/** Follows an event log while it is written. The log's own times are whole seconds. */
export class EventWatch {
  /** Read in the end, so that the engine is not kept from its cores. */
  private readonly lines: { text: string; at: number }[] = [];
  private readonly file: number;
  private readonly watcher: FSWatcher;
  private position = 0;
  private rest = Buffer.alloc(0);

  /** @param file - Made empty: to be called before the engine starts. */
  public constructor(file: string) {
    this.file = openSync(file, "w+", 0o600);
    this.watcher = watch(file, () => {
      this.look();
    });
  }

  /** Ends it. Steps are in the order of their end. */
  public stop(): { readonly steps: Step[]; readonly changes: Changes } {
    this.watcher.close();
    this.look();
    closeSync(this.file);
    const seen = this.lines.map(({ text, at }) => ({ event: JSON.parse(text) as EngineEvent, at }));
    return { steps: stepsOf(seen), changes: changesOf(seen) };
  }

  private look(): void {
    const at = Date.now();
    const written = Buffer.alloc(Math.max(0, fstatSync(this.file).size - this.position));
    const length = readSync(this.file, written, 0, written.length, this.position);
    this.position += length;
    const text = Buffer.concat([this.rest, written.subarray(0, length)]);
    const end = text.lastIndexOf("\n") + 1;
    this.rest = text.subarray(end);
    for (const line of text.toString("utf8", 0, end).split("\n").slice(0, -1))
      this.lines.push({ text: line, at });
  }
}

interface Seen {
  readonly event: EngineEvent;
  readonly at: number;
}

function stepsOf(seen: readonly Seen[]): Step[] {
  const started = new Map<string, number>();
  const steps: Step[] = [];
  for (const { event, at } of seen) {
    const begun = event.resourcePreEvent?.metadata;
    if (begun) started.set(`${begun.op} ${begun.urn}`, at);
    const done = event.resOutputsEvent?.metadata;
    const start = done && started.get(`${done.op} ${done.urn}`);
    if (done && start !== undefined) steps.push({ urn: done.urn, op: done.op, started: start, ended: at });
  }
  return steps;
}

/** The engine's own count. */
function changesOf(seen: readonly Seen[]): Changes {
  const counts = seen.findLast(({ event }) => event.summaryEvent)?.event.summaryEvent?.resourceChanges ?? {};
  const of = (key: string) => counts[key] ?? 0;
  return {
    create: of("create"),
    update: of("update"),
    replace: of("replace"),
    delete: of("delete"),
    same: of("same"),
  };
}
