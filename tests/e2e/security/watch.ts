import * as assert from "node:assert/strict";

import type { Lab } from "../../../lab/lab";
import { poll, type Poller } from "../poller";
import { labStatus } from "./hosts";
import { TCP_PROGRAM, type TcpOutcome, tryFromHere } from "./tcp";

/** One attempt of a watch. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly address: string;
  readonly port: number;
  readonly outcome: TcpOutcome;
}

/** Seconds between two attempts at the same port. */
const EVERY = 0.1;

/** Tries every port of every address ten times a second from inside a droplet, until ended. */
export async function watchFrom(
  lab: Lab,
  hostname: string,
  addresses: readonly string[],
  ports: readonly number[],
): Promise<{ end(): Promise<Sample[]> }> {
  const targets = addresses.flatMap(address => ports.map(port => [address, port] as const));
  const start = 'python3 -c "$1" watch "$2" "$3" >/run/samples 2>/run/samples.err & echo $!';
  const program = ["bash", TCP_PROGRAM, JSON.stringify(targets), String(EVERY)];
  const { stdout: pid } = await lab.exec(hostname, ["bash", "-c", start, ...program]);
  return {
    async end() {
      const stop = `kill ${pid.trim()} && cat /run/samples && cat /run/samples.err >&2`;
      const { code, stdout, stderr } = await lab.exec(hostname, ["bash", "-c", stop]);
      assert.equal(code, 0, `the watch ended early: ${stderr}`);
      const lines = stdout.split("\n").filter(line => line.endsWith("]"));
      return lines.flatMap(line => {
        const [time, number, outcome] = JSON.parse(line) as [number, number, TcpOutcome];
        const [address, port] = targets[number] ?? [];
        return address === undefined || port === undefined ? [] : [{ time, address, port, outcome }];
      });
    },
  };
}

/**
 * A droplet's life: `new` until the API calls it active, `booting` until SSH answers this machine, `up` until it is
 * being deleted, `deleting` until it is gone.
 */
export type Phase = "new" | "booting" | "up" | "deleting" | "gone";

/** Keeps book of which droplet had which address, in which phase. */
export class Timeline {
  private readonly changes = new Map<string, { time: number; phase: Phase; hostname: string }[]>();
  private readonly answered = new Set<string>();

  public constructor(private readonly lab: Lab) {}

  /** Looks ten times a second until stopped. */
  public start(): Poller {
    return poll(EVERY * 1000, async () => {
      const { droplets } = await labStatus(this.lab);
      for (const { name, status, deleting, public_address: address } of droplets) {
        if (status === "active" && !this.answered.has(address)) void this.knock(address);
        const running = this.answered.has(address) ? "up" : "booting";
        this.note(address, name, deleting ? "deleting" : status === "new" ? "new" : running);
      }
      const there = new Set(droplets.map(droplet => droplet.public_address));
      for (const address of this.changes.keys()) if (!there.has(address)) this.note(address, "", "gone");
    });
  }

  /** The droplet that had an address first. */
  public hostname(address: string): string | undefined {
    return this.changes.get(address)?.[0]?.hostname;
  }

  /** Addresses that droplets had. */
  public get addresses(): readonly string[] {
    return [...this.changes.keys()];
  }

  /** The phase at a moment. */
  public phase(address: string, time: number): Phase {
    return this.changes.get(address)?.findLast(change => change.time <= time)?.phase ?? "gone";
  }

  private note(address: string, hostname: string, phase: Phase): void {
    const changes = this.changes.get(address) ?? [];
    if (changes.at(-1)?.phase !== phase) changes.push({ time: Date.now(), phase, hostname });
    this.changes.set(address, changes);
  }

  private async knock(address: string): Promise<void> {
    const [outcome] = await tryFromHere([{ address, port: 22 }]);
    if (outcome === "open") this.answered.add(address);
  }
}
