/** Bounded waiting. */
import { setTimeout as sleep } from "node:timers/promises";

/** A wait that ended without what it waited for. */
export class WaitTimeout extends Error {
  public override readonly name = "WaitTimeout";
}

/** How to wait. */
export interface WaitOptions {
  /** What is waited for, as it reads after "waited 10 s for". */
  readonly what: string;
  readonly timeoutMs: number;
  /** Between two looks; 100 by default. */
  readonly intervalMs?: number;
  /** What is known or can be done when it does not happen; becomes part of the error. */
  readonly advice?: string | (() => string | Promise<string>);
}

/**
 * Looks until `probe` answers something other than `undefined`.
 * @throws {WaitTimeout} When the time is over; whatever `probe` throws.
 */
export async function waitFor<Result>(
  options: WaitOptions,
  probe: () => Promise<Result | undefined>,
): Promise<Result> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const result = await probe();
    if (result !== undefined) return result;
    if (Date.now() >= deadline) {
      const { advice = "" } = options;
      const more = typeof advice === "string" ? advice : await advice();
      throw new WaitTimeout(`waited ${options.timeoutMs / 1000} s for ${options.what}. ${more}`.trimEnd());
    }
    await sleep(options.intervalMs ?? 100);
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
