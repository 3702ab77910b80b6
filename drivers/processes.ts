import { readdirSync, readFileSync } from "node:fs";

/** The processes that a process has started, by any of its threads. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap(thread => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" "))
    .filter(word => word !== "")
    .map(Number);
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
