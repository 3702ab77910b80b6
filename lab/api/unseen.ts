/**
 * What was just made and is not found yet: DigitalOcean answers 404 at times for a droplet or a reserved IP that it has
 * answered for a moment before. Not remembered over a restart of the server.
 */
import type { Behaviour } from "./behaviour";
import { notFound } from "./errors";

/** The new things that are still hidden. */
export class Unseen {
  /** How many more times each is not found, by its path. */
  private readonly left = new Map<string, number>();

  public constructor(private readonly behaviour: Behaviour) {}

  /** Notes that something was made. */
  public add(path: string): void {
    const { unseen } = this.behaviour.now;
    if (unseen > 0) this.left.set(path, unseen);
  }

  /** @throws 404 as long as it is hidden, each time a little less. */
  public check(path: string): void {
    const left = this.left.get(path);
    if (left === undefined) return;
    if (left > 1) this.left.set(path, left - 1);
    else this.left.delete(path);
    throw notFound();
  }
}
