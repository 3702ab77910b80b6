import * as assert from "node:assert/strict";

/** Which of a node's addresses was tried. */
export type AddressKind = "public" | "private" | "reserved IP";

/** Somebody tried something. Addresses are left out: they differ from run to run. */
export interface Attempt {
  /** What the attempt is an example of: the heading over it in the table. */
  readonly topic: string;
  readonly from: string;
  readonly to: string;
  readonly at?: AddressKind;
  /** Port and protocol, or credential. */
  readonly what: string;
  readonly intended: string;
  readonly seen: string;
}

/** Every attempt of a scenario, in order. */
export class Attempts {
  private readonly made: Attempt[] = [];

  /** Hands out what was kept, and forgets it. */
  public take(): readonly Attempt[] {
    return this.made.splice(0);
  }

  /** Keeps attempts for the table, and asserts that each came out as intended. */
  public check(attempts: readonly Attempt[]): void {
    this.made.push(...attempts);
    const others = attempts.filter(({ intended, seen }) => intended !== seen);
    assert.ok(attempts.length > 0, "nothing was tried");
    assert.equal(
      others.length,
      0,
      `${others.length} of ${attempts.length} attempts came out otherwise than intended:\n${others.map(describe).join("\n")}`,
    );
  }
}

/** Something that was tried at an address: a port or, of protocols without ports, the protocol itself. */
interface Tried {
  readonly to: string;
  readonly at: AddressKind;
  /** @default "tcp" */
  readonly protocol?: keyof typeof NAMES;
  readonly port?: number;
}

const NAMES = { tcp: "TCP", udp: "UDP", esp: "ESP (IP protocol 50)", icmp: "ICMP echo" };

/** What was seen of each thing that was tried, in the same order, beside what was meant to be. */
export function attemptsOf<T extends Tried, Outcome extends string>(
  topic: string,
  from: string,
  tried: readonly T[],
  seen: readonly Outcome[],
  // What may be intended is what can be seen: a misspelt outcome is an error.
  intended: (one: T) => NoInfer<Outcome>,
): Attempt[] {
  return tried.map((one, i) => {
    const { to, at, protocol = "tcp", port } = one;
    return {
      topic,
      from,
      to,
      at,
      what: port === undefined ? NAMES[protocol] : `${port}/${protocol}`,
      intended: intended(one),
      seen: seen[i] ?? "nothing",
    };
  });
}

function describe({ from, to, at, what, intended, seen }: Attempt): string {
  return `${from} -> ${to}${at ? ` (${at})` : ""}, ${what}: ${seen}, not ${intended}`;
}
