import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import type { Report } from "../rehearsal/cli";
import {
  type Driver,
  RunFailed,
  type RunOptions,
  type RunResult,
  type StackConfig,
  type UpOptions,
  type UpResult,
} from "./driver";

const CLI = path.resolve(__dirname, "..", "rehearsal", "cli.ts");
const PROGRAM = path.resolve(__dirname, "..", "index.ts");
/** As in Pulumi.yaml. */
const NODE_ARGS = ["--require", "ts-node/register/transpile-only", "--conditions=digitalocean-swarm-source"];
/** As for the Pulumi CLI: 20 minutes, in ms. */
const LONGEST_RUN = 20 * 60_000;

/** Runs the program without the Pulumi CLI: see `rehearsal/README.md`. Each run is a process of its own. */
export class RehearsalDriver implements Driver {
  public readonly kind = "rehearsal";

  /**
   * @param dir - Made if missing; holds the journal.
   * @param stack - The stack's name.
   * @param program - File whose exports are the stack's outputs.
   */
  public constructor(
    private readonly dir: string,
    private readonly stack: string,
    private readonly program = PROGRAM,
  ) {}

  public up(config: StackConfig, options: UpOptions = {}): Promise<UpResult> {
    const replace = (options.replace ?? []).flatMap(name => ["--replace", name]);
    return this.run("up", [...refreshing(options), ...replace], options, config);
  }

  public preview(config: StackConfig): Promise<RunResult> {
    return this.run("preview", [], {}, config);
  }

  public destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.run("down", refreshing(options), options);
  }

  public refresh(): Promise<RunResult> {
    return this.run("refresh", [], {});
  }

  public storedState(): Promise<string> {
    return readFile(path.join(this.dir, "journal.jsonl"), "utf8");
  }

  public cancel(): Promise<void> {
    return rm(path.join(this.dir, "lock"), { force: true });
  }

  private async run(
    verb: string,
    flags: readonly string[],
    options: Pick<UpOptions, "onOutput" | "kill" | "env">,
    config?: StackConfig,
  ): Promise<UpResult> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    // Readable by this user alone: configuration and result hold secrets in clear text.
    const temp = await mkdtemp(path.join(tmpdir(), "rehearsal-"));
    try {
      const [configFile, reportFile] = [path.join(temp, "config.json"), path.join(temp, "report.json")];
      if (config) await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
      const common = ["--stack", this.stack, "--state", this.dir, "--program", this.program];
      const files = ["--json", reportFile, ...(config ? ["--config", configFile] : [])];
      const started = Date.now();
      const log = await this.spawn([verb, ...common, ...files, ...flags], options);
      const text = await readFile(reportFile, "utf8").catch(() => undefined);
      if (text === undefined) throw new RunFailed(`rehearsal ${verb} was ended before it was done`, log);
      const { errors, outputs, secretOutputs, changes } = JSON.parse(text) as Report;
      if (errors.length > 0) throw new RunFailed(`rehearsal ${verb} failed:\n${errors.join("\n")}`, log);
      const seconds = (Date.now() - started) / 1000;
      return { outputs, secretOutputs, changes, started, seconds, steps: [], log };
    } finally {
      await rm(temp, { recursive: true, force: true });
    }
  }

  private async spawn(
    args: readonly string[],
    options: Pick<UpOptions, "onOutput" | "kill" | "env">,
  ): Promise<string> {
    const child = execa("node", [...NODE_ARGS, CLI, ...args], {
      cwd: path.resolve(__dirname, ".."),
      all: true,
      reject: false,
      timeout: LONGEST_RUN,
      maxBuffer: 1 << 28,
      stdin: "ignore",
      // An agent that is gone would be an error: the program brings its own key.
      env: { SSH_AUTH_SOCK: undefined, ...options.env },
    });
    child.all?.on("data", (chunk: Buffer) => options.onOutput?.(chunk.toString()));
    const end = () => void child.kill("SIGKILL");
    if (options.kill?.aborted) end();
    options.kill?.addEventListener("abort", end);
    const { all = "" } = await child;
    options.kill?.removeEventListener("abort", end);
    return all;
  }
}

function refreshing(options: RunOptions): string[] {
  return options.refresh ? ["--refresh"] : [];
}
