import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The processes that a process has started, by any of its threads. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap(thread => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" "))
    .filter(word => word !== "")
    .map(Number);
}

/** The processes that this one has started in a directory. @param dir - Without symbolic links. */
export function childrenIn(dir: string): number[] {
  return childrenOf(process.pid).filter(pid => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === dir;
    } catch {
      // It has just ended.
      return false;
    }
  });
}

/** Ends a process at once. It may have ended already. */
export function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
