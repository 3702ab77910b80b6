/** DigitalOcean's actions: the record of each operation, from `in-progress` to `completed` or `errored`. */
import type { ActionRecord } from "./records";
import type { Store } from "./store";

/** A time, the present by default, in the form of all times in answers: ISO 8601, UTC, whole seconds. */
export function timestamp(time = new Date()): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** What an action is done to. */
export type Target = Pick<ActionRecord, "resourceType" | "resourceId" | "region" | "dropletId">;

/** A resource that actions are done to. */
export type Resource = Pick<ActionRecord, "resourceType" | "resourceId">;

/** Starts and ends actions. */
export class Actions {
  /** The number of actions in progress, by resource. */
  private readonly counts = new Map<string, number>();

  public constructor(private readonly store: Store) {}

  public start(type: string, target: Target): ActionRecord {
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
    for (const key of locked(target)) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return action;
  }

  public finish(action: ActionRecord, status: "completed" | "errored"): void {
    action.status = status;
    // The provider waits for any time here, on failure too.
    action.completedAt = timestamp();
    this.store.changed();
    for (const key of locked(action)) {
      const left = (this.counts.get(key) ?? 1) - 1;
      if (left > 0) this.counts.set(key, left);
      else this.counts.delete(key);
    }
  }

  /** Whether an operation on this resource is under way, which is what `locked` means. */
  public pending(target: Resource): boolean {
    return this.counts.has(keyOf(target));
  }

  /** A resource's actions, newest first, as DigitalOcean lists them. */
  public of(target: Resource): ActionRecord[] {
    const key = keyOf(target);
    return this.store.actions
      .all()
      .filter(action => keyOf(action) === key)
      .reverse();
  }
}

function keyOf(target: Resource): string {
  return `${target.resourceType}/${target.resourceId}`;
}

/** Of all that an operation locks. */
function locked({ dropletId, ...target }: Target): string[] {
  const droplet = dropletId === undefined ? [] : [keyOf({ resourceType: "droplet", resourceId: dropletId })];
  return [keyOf(target), ...droplet];
}
