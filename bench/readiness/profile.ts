/** Whose the processor's time was, from /proc: that of the hosts, of the contender that makes a swarm of them, or else. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Seconds of all cores together. */
export interface Profile {
  /** Between the same two times, as the others. */
  readonly seconds: number;
  /** The hosts' engines, SSH servers and scripts. */
  readonly hosts: number;
  /** What the contender started on the machine that it runs on. */
  readonly contender: number;
  /** The lab's engine and API, and the kernel; what looks here is left out. */
  readonly rest: number;
  /** Idle, while something waited for the disk. */
  readonly disk: number;
}

/** A process, with what those of its children used that have ended. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its pid namespace: each host has one of its own. */
  readonly namespace: string;
  readonly used: number;
  readonly usedByEnded: number;
}

type Sample = Omit<Profile, "seconds"> & { readonly at: number };

const EVERY_MS = 200;
/** `USER_HZ`, which is 100 on Linux. */
const TICKS_PER_SECOND = 100;

/** Looks until it is stopped; looking takes some percent of a core, and is not for runs that are timed. */
export class ProfileWatch {
  private readonly samples: Sample[] = [look()];
  private readonly timer = setInterval(() => this.samples.push(look()), EVERY_MS);

  public stop(): void {
    clearInterval(this.timer);
    this.samples.push(look());
  }

  /** Between two times, in ms since the epoch. */
  public between(from: number, to: number): Profile {
    const first = this.samples.findLast(({ at }) => at <= from) ?? this.samples[0];
    const last = this.samples.find(({ at }) => at >= to) ?? this.samples.at(-1);
    if (!first || !last || last.at <= first.at) throw new RangeError("nothing was seen in that time");
    return {
      seconds: (last.at - first.at) / 1000,
      hosts: last.hosts - first.hosts,
      contender: last.contender - first.contender,
      rest: last.rest - first.rest,
      disk: last.disk - first.disk,
    };
  }
}

function look(): Sample {
  const at = Date.now();
  const { busy, disk } = parseStat(readFileSync("/proc/stat", "utf8"));
  const pids = readdirSync("/proc").filter(name => /^\d+$/.test(name));
  const { hosts, contender } = usedBy(pids.flatMap(readProcess), process.pid);
  const { user, system } = process.cpuUsage();
  return { at, disk, hosts, contender, rest: busy - hosts - contender - (user + system) / 1e6 };
}

/**
 * What processes in other pid namespaces used, and what the descendants of one process did. A process that ends leaves
 * its time to its parent, so that nothing is lost.
 */
export function usedBy(
  processes: readonly Process[],
  root: number,
): { readonly hosts: number; readonly contender: number } {
  const byPid = new Map(processes.map(process => [process.pid, process]));
  const own = byPid.get(root)?.namespace;
  let [hosts, contender] = [0, 0];
  for (const process of processes) {
    if (process.namespace !== own) hosts += process.used + process.usedByEnded;
    else if (process.pid === root) contender += process.usedByEnded;
    else if (descends(process, root, byPid)) contender += process.used + process.usedByEnded;
  }
  return { hosts, contender };
}

function descends(process: Process, root: number, byPid: ReadonlyMap<number, Process>): boolean {
  for (let at: Process | undefined = process; at; at = byPid.get(at.parent))
    if (at.parent === root) return true;
  return false;
}

/** Nothing where it has just ended, or is the kernel's. */
function readProcess(pid: string): Process[] {
  try {
    const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
    return [{ pid: Number(pid), namespace, ...parseProcess(readFileSync(`/proc/${pid}/stat`, "utf8")) }];
  } catch {
    return [];
  }
}

/** `PID (NAME) STATE PARENT ...`, where the name can hold anything. */
export function parseProcess(text: string): Pick<Process, "parent" | "used" | "usedByEnded"> {
  const [, parent = 0, ...more] = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = more.slice(9);
  return {
    parent,
    used: (user + system) / TICKS_PER_SECOND,
    usedByEnded: (endedUser + endedSystem) / TICKS_PER_SECOND,
  };
}

/** The first line: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseStat(text: string): { readonly busy: number; readonly disk: number } {
  const [, ...ticks] = (text.split("\n")[0] ?? "").split(/\s+/);
  const [user = 0, nice = 0, system = 0, , iowait = 0, irq = 0, softirq = 0] = ticks.map(Number);
  return {
    busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND,
    disk: iowait / TICKS_PER_SECOND,
  };
}
