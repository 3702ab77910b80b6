import { setImmediate as nextTurn } from "node:timers/promises";

/** Knows when nothing moves: by turns of the event loop, so that it does not matter how fast the machine is. */
export class Stillness {
  private moves = 0;
  private readonly waiting: { readonly name: string; readonly go: (value: undefined) => void }[] = [];

  /** @param order - Of the names for which it is waited. */
  public constructor(private readonly order: readonly string[]) {}

  public moved(): void {
    this.moves++;
  }

  /** Resolves when no registration has begun or ended for a hundred turns; each time for the first in order. */
  public reached(name: string): Promise<undefined> {
    return new Promise(go => {
      if (this.waiting.push({ name, go }) === 1) void this.serve();
    });
  }

  private async serve(): Promise<void> {
    while (this.waiting.length > 0) {
      for (let seen = this.moves, turns = 0; turns < 100; turns++) {
        await nextTurn();
        if (seen !== this.moves) [seen, turns] = [this.moves, 0];
      }
      this.waiting.sort((one, other) => this.order.indexOf(one.name) - this.order.indexOf(other.name));
      this.waiting.shift()?.go(undefined);
    }
  }
}
