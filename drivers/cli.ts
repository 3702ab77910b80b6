import { realpathSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import * as path from "node:path";

import {
  CommandError,
  LocalWorkspace,
  type ProjectRuntimeInfo,
  PulumiCommand,
  Stack,
  type UpOptions as AutomationOptions,
} from "@pulumi/pulumi/automation";
import { parse } from "yaml";

import {
  type Driver,
  RunFailed,
  type RunOptions,
  type RunResult,
  type StackConfig,
  type UpOptions,
  type UpResult,
} from "./driver";
import { changesOf, type Seen, stepsOf } from "./events";
import { childrenOf, end, processesIn } from "./processes";

/** A Pulumi project: its name, and the file that is its program. */
export interface Project {
  readonly name: string;
  readonly main: string;
}

const ROOT = path.resolve(__dirname, "..");
/** This project. */
export const CLUSTER: Project = { name: "digitalocean-swarm", main: path.join(ROOT, "index.ts") };
/** Whatever `pulumi` waits for, it waits for no longer than this, in seconds. */
const LONGEST_RUN = 20 * 60;

/** Whether there is a Pulumi CLI on PATH that the Automation API can use. */
export async function hasPulumiCli(): Promise<boolean> {
  return PulumiCommand.get().then(
    () => true,
    () => false,
  );
}

/**
 * Runs the program with the Pulumi CLI, by its Automation API, on a file backend of its own: no account, and no trace in
 * the user's own.
 */
export class CliDriver implements Driver {
  public readonly kind = "cli";
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
  ) {}

  public async up(config: StackConfig, options: UpOptions = {}): Promise<UpResult> {
    const { refresh, parallel, replace = [], env } = options;
    const stack = await this.open(config, env);
    const { outcome, ...result } = await this.run("up", options, common =>
      stack.up({ ...common, refresh, parallel, replace: replace.map(name => `**::${name}`) }),
    );
    const outputs = Object.entries(outcome.outputs);
    return {
      ...result,
      outputs: Object.fromEntries(outputs.map(([name, { value }]) => [name, value as unknown])),
      secretOutputs: outputs.filter(([, { secret }]) => secret).map(([name]) => name),
    };
  }

  public async preview(config: StackConfig): Promise<RunResult> {
    const stack = await this.open(config);
    return this.run("preview", {}, common => stack.preview({ ...common, diff: true }));
  }

  public async destroy(options: RunOptions = {}): Promise<RunResult> {
    const stack = await this.open();
    return this.run("destroy", options, common => stack.destroy({ ...common, refresh: options.refresh }));
  }

  public async refresh(): Promise<RunResult> {
    const stack = await this.open();
    return this.run("refresh", {}, common => stack.refresh(common));
  }

  /** The Automation API exports the state with its secrets in clear text: what is stored is in the file alone. */
  public storedState(): Promise<string> {
    return readFile(this.stateFile, "utf8");
  }

  public async cancel(): Promise<void> {
    for (const pid of this.left.splice(0)) end(pid);
    await this.mendState();
    await (await this.open()).cancel();
  }

  /** Where the backend has the state. */
  public get stateFile(): string {
    return path.join(this.backend, ".pulumi", "stacks", this.project.name, `${this.stack}.json`);
  }

  /** Where and with which variables other programs, such as `npm run orphans`, find the stack. */
  public get place(): { readonly cwd: string; readonly env: Readonly<Record<string, string>> } {
    return { cwd: this.dir, env: this.environment };
  }

  /** Writes the project file, so that the program runs from a directory of the driver's own, and the configuration. */
  private async open(config?: StackConfig, env: UpOptions["env"] = {}): Promise<Stack> {
    for (const dir of [this.dir, this.backend]) await mkdir(dir, { recursive: true, mode: 0o700 });
    const workspace = await LocalWorkspace.create({
      workDir: this.dir,
      envVars: { ...this.environment, ...env },
      secretsProvider: "passphrase",
      projectSettings: { ...this.project, runtime: await runtime() },
    });
    const stack = await Stack.createOrSelect(this.stack, workspace);
    // The salt of the passphrase is in the same file.
    if (config)
      await workspace.saveStackSettings(this.stack, {
        ...(await workspace.stackSettings(this.stack)),
        config,
      });
    return stack;
  }

  private async run<Outcome>(
    verb: string,
    { onOutput, kill, longest = LONGEST_RUN }: Pick<UpOptions, "onOutput" | "kill" | "longest">,
    act: (common: Pick<AutomationOptions, "onOutput" | "onError" | "onEvent" | "color">) => Promise<Outcome>,
  ): Promise<RunResult & { readonly outcome: Outcome }> {
    const seen: Seen[] = [];
    let log = "";
    const say = (text: string) => {
      log += text;
      onOutput?.(text);
    };
    let failure = `pulumi ${verb} failed`;
    const timer = setTimeout(() => {
      failure = `pulumi ${verb} took longer than ${longest} s`;
      this.kill();
    }, longest * 1000);
    const killed = () => this.kill();
    kill?.addEventListener("abort", killed);
    const started = Date.now();
    try {
      const outcome = await act({
        onOutput: say,
        onError: say,
        onEvent: event => seen.push({ event, at: Date.now() }),
        color: "never",
      });
      // The Automation API reads outputs and history after the run: that is no part of it.
      const seconds = ((seen.at(-1)?.at ?? started) - started) / 1000;
      return { outcome, steps: stepsOf(seen), changes: changesOf(seen), started, seconds, log };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new RunFailed(failure, log, { cause: error });
    } finally {
      clearTimeout(timer);
      kill?.removeEventListener("abort", killed);
    }
  }

  /**
   * Ends the run that is going with SIGKILL. The Automation API can only interrupt it: then the engine goes on until all
   * steps that it has begun are done. What it has started may be a wrapper, as that of the npm package `pulumi`.
   */
  private kill(): void {
    for (const pid of processesIn(realpathSync(this.dir), "pulumi")) {
      this.left.push(...childrenOf(pid));
      end(pid);
    }
  }

  /**
   * A backend of files writes the state in place: what is killed in that moment leaves a part of it. The one before is
   * beside it, as docs/operations.md says.
   */
  private async mendState(): Promise<void> {
    const state = await readFile(this.stateFile, "utf8").catch(() => undefined);
    if (state === undefined) return;
    try {
      JSON.parse(state);
    } catch {
      await copyFile(`${this.stateFile}.bak`, this.stateFile);
    }
  }

  private get environment(): Readonly<Record<string, string>> {
    return {
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: process.env.PULUMI_CONFIG_PASSPHRASE ?? "lab",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A dead agent's socket would be an error, and none is needed: the program brings its own key.
      SSH_AUTH_SOCK: "",
    };
  }
}

/** How the program is run: as `Pulumi.yaml` says, for users too. */
async function runtime(): Promise<ProjectRuntimeInfo> {
  const { runtime: described } = parse(await readFile(path.join(ROOT, "Pulumi.yaml"), "utf8")) as {
    runtime: ProjectRuntimeInfo;
  };
  return described;
}
