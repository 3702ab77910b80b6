import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";
import { parse, stringify } from "yaml";

import { type Driver, RunFailed, type RunResult, type StackConfig, type UpOptions } from "./driver";
import { EventWatch } from "./events";
import { childrenOf, end } from "./processes";

/** A Pulumi project: its name, and the file that is its program. */
export interface Project {
  readonly name: string;
  readonly main: string;
}

const ROOT = path.resolve(__dirname, "..");
/** This project. */
export const CLUSTER: Project = { name: "digitalocean-swarm", main: path.join(ROOT, "index.ts") };
const NOTHING: RunResult = {
  outputs: {},
  secretOutputs: [],
  changes: { create: 0, update: 0, replace: 0, delete: 0, same: 0 },
  started: 0,
  seconds: 0,
  steps: [],
  log: "",
};
/** Whatever `pulumi` waits for, it waits for no longer than this, in seconds. */
const LONGEST_RUN = 20 * 60;

/** Whether the Pulumi CLI is on PATH. */
export async function hasPulumiCli(): Promise<boolean> {
  const { failed } = await execa("pulumi", ["version"], { reject: false });
  return !failed;
}

/** Runs the program with the Pulumi CLI, on a file backend of its own: no account, and no trace in the user's own. */
export class CliDriver implements Driver {
  public readonly kind = "cli";
  private readonly events: string;
  /** Plugins that runs which were killed have left running. */
  private readonly left: number[] = [];

  /**
   * @param dir - Made if missing; holds the project file, the configuration and the state.
   * @param stack - The stack's name.
   * @param project - The program that is run.
   * @param backend - Directory of the state: stacks of one backend can refer to each other.
   */
  public constructor(
    private readonly dir: string,
    private readonly stack: string,
    private readonly project: Project = CLUSTER,
    private readonly backend: string = path.join(dir, "state"),
  ) {
    this.events = path.join(dir, "events.jsonl");
  }

  public async up(config: StackConfig, options: UpOptions = {}): Promise<RunResult> {
    await this.prepare(config);
    const flags = [
      ...(options.refresh ? ["--refresh"] : []),
      ...(options.parallel ? ["--parallel", String(options.parallel)] : []),
      ...(options.replace ?? []).flatMap(name => ["--replace", `**::${name}`]),
    ];
    return this.run(["up", "--yes", "--skip-preview", ...flags], options);
  }

  public async preview(config: StackConfig): Promise<RunResult> {
    await this.prepare(config);
    return this.run(["preview", "--diff"], {});
  }

  public async destroy(
    options: { refresh?: boolean; onOutput?: (text: string) => void } = {},
  ): Promise<RunResult> {
    // Without an up before there is no stack.
    if (!(await readFile(this.projectFile, "utf8").catch(() => ""))) return NOTHING;
    return this.run(
      ["destroy", "--yes", "--skip-preview", ...(options.refresh ? ["--refresh"] : [])],
      options,
    );
  }

  public async refresh(): Promise<RunResult> {
    return this.run(["refresh", "--yes", "--skip-preview"], {});
  }

  public async storedState(): Promise<string> {
    const { stdout } = await this.pulumi(["stack", "export", "--stack", this.stack]);
    return stdout;
  }

  public async cancel(): Promise<void> {
    for (const pid of this.left.splice(0)) end(pid);
    await this.mendState();
    await this.pulumi(["cancel", "--yes", "--stack", this.stack]);
  }

  /**
   * A backend of files writes the state in place: what is killed in that moment leaves a part of it. The one before is
   * beside it, as docs/operations.md says.
   */
  private async mendState(): Promise<void> {
    try {
      JSON.parse(await readFile(this.stateFile, "utf8"));
    } catch {
      await copyFile(`${this.stateFile}.bak`, this.stateFile);
    }
  }

  /** Where the backend has the state. */
  public get stateFile(): string {
    return path.join(this.backend, ".pulumi", "stacks", this.project.name, `${this.stack}.json`);
  }

  private get projectFile(): string {
    return path.join(this.dir, "Pulumi.yaml");
  }

  /** Where and with which variables other programs, such as `npm run orphans`, find the stack. */
  public get place(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return { cwd: this.dir, env: this.environment };
  }

  /** Writes the project file, so that the program runs from a directory of the driver's own, and the configuration. */
  private async prepare(config: StackConfig): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await mkdir(this.backend, { recursive: true, mode: 0o700 });
    await writeFile(this.projectFile, stringify({ ...this.project, runtime: await runtime() }));
    const settings = path.join(this.dir, `Pulumi.${this.stack}.yaml`);
    const salt = (await readFile(settings, "utf8").catch(() => ""))
      .split("\n")
      .filter(line => line.startsWith("encryptionsalt:"));
    await writeFile(settings, [...salt, stringify({ config })].join("\n"));
    const { failed } = await this.pulumi(["stack", "select", this.stack], false);
    if (failed) await this.pulumi(["stack", "init", this.stack, "--secrets-provider", "passphrase"]);
  }

  private async run(
    args: readonly string[],
    options: Pick<UpOptions, "onOutput" | "kill" | "longest" | "env">,
  ): Promise<RunResult> {
    const { longest = LONGEST_RUN } = options;
    const watch = new EventWatch(this.events);
    const started = Date.now();
    const child = this.pulumi(
      [...args, "--stack", this.stack, "--non-interactive", "--event-log", this.events],
      false,
      longest,
      options.env,
    );
    child.all?.on("data", (chunk: Buffer) => options.onOutput?.(chunk.toString()));
    const kill = () => {
      this.left.push(...childrenOf(child.pid ?? 0));
      child.kill("SIGKILL");
    };
    options.kill?.addEventListener("abort", kill);
    const { failed, all = "", timedOut } = await child;
    const seconds = (Date.now() - started) / 1000;
    const happened = watch.stop();
    options.kill?.removeEventListener("abort", kill);
    if (failed) {
      const verb = args[0] ?? "";
      throw new RunFailed(
        timedOut ? `pulumi ${verb} took longer than ${longest} s` : `pulumi ${verb} failed`,
        all,
      );
    }
    return { ...(await this.outputs()), ...happened, started, seconds, log: all };
  }

  private async outputs(): Promise<Pick<RunResult, "outputs" | "secretOutputs">> {
    const read = async (...flags: string[]) => {
      const { stdout } = await this.pulumi(["stack", "output", "--json", "--stack", this.stack, ...flags]);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const masked = await read();
    return {
      outputs: await read("--show-secrets"),
      secretOutputs: Object.keys(masked).filter(key => masked[key] === "[secret]"),
    };
  }

  private pulumi(
    args: readonly string[],
    reject = true,
    longest = LONGEST_RUN,
    env: NodeJS.ProcessEnv = {},
  ): execa.ExecaChildProcess {
    return execa("pulumi", [...args, "--color", "never"], {
      cwd: this.dir,
      all: true,
      reject,
      timeout: longest * 1000,
      maxBuffer: 1 << 28,
      stdin: "ignore",
      env: { ...this.environment, ...env },
    });
  }

  private get environment(): NodeJS.ProcessEnv {
    return {
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: process.env.PULUMI_CONFIG_PASSPHRASE ?? "lab",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Shows the flag --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
      // A dead agent's socket would be an error: the program brings its own key.
      SSH_AUTH_SOCK: undefined,
    };
  }
}

/** How the program is run: as `Pulumi.yaml` says, for users too. */
async function runtime(): Promise<unknown> {
  const { runtime: described } = parse(await readFile(path.join(ROOT, "Pulumi.yaml"), "utf8")) as {
    runtime: unknown;
  };
  return described;
}
