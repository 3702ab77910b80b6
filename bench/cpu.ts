/** What the machine's cores did, from /proc/stat. */
import { readFileSync } from "node:fs";

/** In cores: 2 is two cores all the time. */
export interface CpuUse {
  readonly busy: number;
  /** Idle, while something waited for the disk. */
  readonly waiting: number;
}

interface Sample {
  readonly at: number;
  /** Seconds since the machine's start, of all cores together. */
  readonly busy: number;
  readonly waiting: number;
}

const EVERY_MS = 100;
/** `USER_HZ`, which is 100 on Linux. */
const TICKS_PER_SECOND = 100;

/** Looks at the cores until it is stopped. */
export class CpuWatch {
  private readonly samples: Sample[] = [look()];
  private readonly timer = setInterval(() => this.samples.push(look()), EVERY_MS);

  public stop(): void {
    clearInterval(this.timer);
    this.samples.push(look());
  }

  /** Between two times, in ms since the epoch. */
  public between(from: number, to: number): CpuUse {
    const first = this.samples.findLast(({ at }) => at <= from) ?? this.samples[0];
    const last = this.samples.find(({ at }) => at >= to) ?? this.samples.at(-1);
    if (!first || !last || last.at <= first.at) throw new RangeError("nothing was seen in that time");
    const seconds = (last.at - first.at) / 1000;
    return { busy: (last.busy - first.busy) / seconds, waiting: (last.waiting - first.waiting) / seconds };
  }
}

function look(): Sample {
  return { at: Date.now(), ...parseStat(readFileSync("/proc/stat", "utf8")) };
}

/** The first line: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseStat(text: string): { readonly busy: number; readonly waiting: number } {
  const [, ...ticks] = (text.split("\n")[0] ?? "").split(/\s+/);
  const [user = 0, nice = 0, system = 0, , iowait = 0, irq = 0, softirq = 0] = ticks.map(Number);
  return {
    busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND,
    waiting: iowait / TICKS_PER_SECOND,
  };
}
