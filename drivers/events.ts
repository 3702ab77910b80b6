/** What the engine's events tell about a run. */
import type { EngineEvent } from "@pulumi/pulumi/automation";

import type { Changes, Step } from "./driver";

/** An event, and when it came, in ms since the epoch: the engine's own times are whole seconds. */
export interface Seen {
  readonly event: EngineEvent;
  readonly at: number;
}

/** What the run did to each resource, in the order of the steps' end. A step that failed is none. */
export function stepsOf(seen: readonly Seen[]): Step[] {
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
export function changesOf(seen: readonly Seen[]): Changes {
  const counts = seen.findLast(({ event }) => event.summaryEvent)?.event.summaryEvent?.resourceChanges;
  const { create = 0, update = 0, replace = 0, delete: deleted = 0, same = 0 } = counts ?? {};
  return { create, update, replace, delete: deleted, same };
}
