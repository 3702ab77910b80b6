/** DigitalOcean's actions: the record of each operation, from `in-progress` to `completed` or `errored`. */
import type { ActionRecord } from "./records";
import type { Store } from "./store";

/** The present, in the form of all times in answers: ISO 8601, UTC, whole seconds. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}

/** What an action is done to. */
export type Target = Pick<ActionRecord, "resourceType" | "resourceId" | "region">;

/** Starts and ends actions. */
export class Actions {
  /** The number of actions in progress, by resource. */
  readonly #pending = new Map<string, number>();

  constructor(private readonly store: Store) {}

  start(type: string, target: Target): ActionRecord {
    const action: ActionRecord = {
      id: this.store.newId(),
      type,
      status: "in-progress",
      startedAt: timestamp(),
      completedAt: null,
      ...target,
    };
    this.store.actions.put(action);
    this.store.changed();
    const key = keyOf(target);
    this.#pending.set(key, (this.#pending.get(key) ?? 0) + 1);
    return action;
  }

  finish(action: ActionRecord, status: "completed" | "errored"): void {
    action.status = status;
    // The provider waits for any time here, on failure too.
    action.completedAt = timestamp();
    this.store.changed();
    const key = keyOf(action);
    const left = (this.#pending.get(key) ?? 1) - 1;
    if (left > 0) this.#pending.set(key, left);
    else this.#pending.delete(key);
  }

  /** Whether an operation on this resource is under way, which is what `locked` means. */
  pending(target: Omit<Target, "region">): boolean {
    return this.#pending.has(keyOf(target));
  }

  /** A resource's actions, newest first, as DigitalOcean lists them. */
  of(target: Omit<Target, "region">): ActionRecord[] {
    const key = keyOf(target);
    return this.store.actions
      .all()
      .filter(action => keyOf(action) === key)
      .reverse();
  }
}

function keyOf(target: Omit<Target, "region">): string {
  return `${target.resourceType}/${target.resourceId}`;
}
