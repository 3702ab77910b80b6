/** Serial queues by name: jobs of one lane run one after another, lanes run beside each other. */

/** A set of lanes. An idle lane takes no memory. */
export class Lanes {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs a job when all earlier jobs of its lane are over, however they ended. */
  public run<Result>(lane: string, job: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(lane) ?? Promise.resolve();
    const result = before.then(job, job);
    // The lane goes on after a failure; whoever called `run` sees it in `result`.
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        if (this.tails.get(lane) === tail) this.tails.delete(lane);
      });
    this.tails.set(lane, tail);
    return result;
  }

  /** How many lanes have a job running or waiting. */
  public get busy(): number {
    return this.tails.size;
  }

  /** Resolves when no job runs or waits, jobs that other jobs started included. */
  public async settled(): Promise<void> {
    while (this.tails.size > 0) await Promise.all(this.tails.values());
  }
}
