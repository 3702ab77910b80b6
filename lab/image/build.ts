/** Runs a build and tells of its steps. */
import { createInterface } from "node:readline";

import execa from "execa";

import { type Report, searchPath } from "../engine/prerequisites";

/** A build script, and what it is run with. */
export interface Build {
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What is built, for the error. */
  readonly what: string;
  /** Gets each line `I: ...ing ...` of the script's. */
  readonly report: Report;
}

/** @throws If it fails, or takes too long, with the end of its output. */
export async function runBuild({ command, environment, timeoutMs, what, report }: Build): Promise<void> {
  const [program, ...args] = command;
  const build = execa(program, args, {
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
    timeout: timeoutMs,
    env: { PATH: searchPath(), ...environment },
  });
  const tail: string[] = [];
  if (build.all !== undefined) {
    for await (const line of createInterface({ input: build.all })) {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      const step = /^I: (.*\.\.\.)$/.exec(line)?.[1];
      if (step !== undefined) report(`  ${step}`);
    }
  }
  const result = await build;
  if (result.exitCode === 0) return;
  const reason = result.timedOut ? `took more than ${timeoutMs / 60_000} minutes` : "failed";
  const { LAB_MIRROR: named = "" } = environment;
  const mirror = named === "" ? "Debian's default mirror" : named;
  throw new Error(
    `building ${what} from ${mirror} ${reason}. Check that the mirror can be reached. The end of its output:\n` +
      tail.join("\n"),
  );
}
