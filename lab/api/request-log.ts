/** The last requests: what was asked and how it ended. No bodies and no headers, as these hold secrets. */

/** One answered request. */
export interface RequestEntry {
  /** When it was answered, ISO 8601. */
  readonly time: string;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly status: number;
  /** How long it took, in whole milliseconds. */
  readonly ms: number;
}

/** A log of fixed length; the oldest entries fall out. */
export class RequestLog {
  private entries: RequestEntry[] = [];

  public constructor(private readonly capacity = 1000) {}

  public add(entry: RequestEntry): void {
    this.entries.push(entry);
    // Trimmed in batches: taking one from the front each time would move all the others each time.
    if (this.entries.length >= 2 * this.capacity) this.entries = this.entries.slice(-this.capacity);
  }

  /** The last `count` entries, oldest first. */
  public last(count: number): RequestEntry[] {
    return this.entries.slice(-Math.min(count, this.capacity));
  }

  public clear(): void {
    this.entries = [];
  }
}
