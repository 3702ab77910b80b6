import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes that a process has started, by any of its threads. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap(thread => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" "))
    .filter(word => word !== "")
    .map(Number);
}

/**
 * The processes of a name that run in a directory, of a process and all that it has started, at any depth.
 * @param dir - Without symbolic links.
 */
export function processesIn(dir: string, name: string, pid = process.pid): number[] {
  try {
    const named = readFileSync(`/proc/${pid}/comm`, "utf8") === `${name}\n`;
    const here = named && readlinkSync(`/proc/${pid}/cwd`) === dir ? [pid] : [];
    return [...here, ...childrenOf(pid).flatMap(child => processesIn(dir, name, child))];
  } catch (error) {
    return ended(error);
  }
}

/** Ends a process at once. It may have ended already. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    ended(error);
  }
}

/** A process that has just ended by itself has no files, and takes no signal. */
function ended(error: unknown): [] {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (!["ENOENT", "ESRCH"].includes(code)) throw error;
  return [];
}
