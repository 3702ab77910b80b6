/** The engine's events while it runs: what `pulumi --event-log` writes, with the time at which it was written. */
import { open } from "node:fs/promises";

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

const LOOK_EVERY_MS = 5;

/** Follows an event log that is being written. The log's own times are whole seconds. */
export class EventWatch {
  private readonly seen: { event: EngineEvent; at: number }[] = [];
  private position = 0;
  private rest = "";
  private looking = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  public constructor(private readonly file: string) {
    this.timer = setInterval(() => {
      this.looking = this.looking.then(() => this.look());
    }, LOOK_EVERY_MS);
  }

  /** Ends it. Steps are in the order of their end. */
  public async stop(): Promise<{ readonly steps: Step[]; readonly changes: Changes }> {
    clearInterval(this.timer);
    await this.looking;
    await this.look();
    return { steps: this.steps(), changes: this.changes() };
  }

  private steps(): Step[] {
    const started = new Map<string, number>();
    const steps: Step[] = [];
    for (const { event, at } of this.seen) {
      const begun = event.resourcePreEvent?.metadata;
      if (begun) started.set(`${begun.op} ${begun.urn}`, at);
      const done = event.resOutputsEvent?.metadata;
      const start = done && started.get(`${done.op} ${done.urn}`);
      if (done && start !== undefined) steps.push({ urn: done.urn, op: done.op, started: start, ended: at });
    }
    return steps;
  }

  /** The engine's own count. */
  private changes(): Changes {
    const counts =
      this.seen.findLast(({ event }) => event.summaryEvent)?.event.summaryEvent?.resourceChanges ?? {};
    const of = (key: string) => counts[key] ?? 0;
    return {
      create: of("create"),
      update: of("update"),
      replace: of("replace"),
      delete: of("delete"),
      same: of("same"),
    };
  }

  private async look(): Promise<void> {
    const file = await open(this.file).catch(() => undefined);
    if (!file) return;
    try {
      const at = Date.now();
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(size - this.position),
        0,
        undefined,
        this.position,
      );
      this.position += bytesRead;
      const lines = (this.rest + buffer.toString("utf8", 0, bytesRead)).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) this.seen.push({ event: JSON.parse(line) as EngineEvent, at });
    } finally {
      await file.close();
    }
  }
}
