import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { homedir } from "node:os";
import * as path from "node:path";

import { version } from "@pulumi/pulumi/version";
import execa from "execa";

/** Has Pulumi's SDK install the CLI of its own version under `~/.pulumi/versions`, where `npx pulumi` keeps it, too. */
const INSTALL = [
  process.execPath,
  "--eval",
  'require("@pulumi/pulumi/automation").PulumiCommand.install().catch(error => { console.error(error.message ?? error); process.exit(1); })',
];

/** How a CLI is fetched. */
export interface Fetching {
  /** After so many seconds it is given up. @default 20 */
  readonly seconds?: number;
  /** What fetches it. @default the Automation API of Pulumi's SDK, which downloads it */
  readonly command?: readonly string[];
  /** The user's home. @default the one that this process has */
  readonly home?: string;
  /** Is told that it begins. */
  readonly say: (text: string) => void;
}

/**
 * Sees to it that this process finds a Pulumi CLI: one on PATH, or else one that was fetched before, or else one that is
 * fetched now. The npm package `pulumi` would do the same as a dependency, but in every `npm run` its `pulumi` would stand
 * before the one that people have installed.
 *
 * @returns why there is none; nothing where there is one.
 */
export async function findPulumiCli({
  seconds = 20,
  command = INSTALL,
  home = homedir(),
  say,
}: Fetching): Promise<string | undefined> {
  if (await runs("pulumi")) return undefined;
  const root = path.join(home, ".pulumi", "versions", version);
  const fetched = path.join(root, "bin", "pulumi");
  if (!(await runs(fetched))) {
    say(`fetching the Pulumi CLI, for ${seconds} s at most`);
    const wasThere = existsSync(root);
    const failure = await bounded(command, seconds);
    if (failure !== undefined || !(await runs(fetched))) {
      // Half a CLI would be taken for one by `npx pulumi`.
      if (!wasThere) await rm(root, { recursive: true, force: true });
      return failure ?? `${fetched} does not run`;
    }
  }
  process.env.PATH = [path.dirname(fetched), process.env.PATH].join(path.delimiter);
  return undefined;
}

async function runs(pulumi: string): Promise<boolean> {
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { failed } = await execa(pulumi, ["version"], { reject: false, stdin: "ignore", env });
  return !failed;
}

/** Runs a command in a process group of its own, which is ended when its time is over. @returns why it failed, if it did. */
async function bounded(
  [file = "", ...args]: readonly string[],
  seconds: number,
): Promise<string | undefined> {
  const child = execa(file, args, { cwd: __dirname, reject: false, stdin: "ignore", detached: true });
  let failure: string | undefined;
  const timer = setTimeout(() => {
    failure = `it took longer than ${seconds} s`;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, seconds * 1000);
  const { failed, stderr } = await child;
  clearTimeout(timer);
  if (!failed) return undefined;
  const [last = ""] = /.*$/.exec(stderr.trim()) ?? [];
  return failure ?? (last === "" ? "it could not be fetched" : last);
}
