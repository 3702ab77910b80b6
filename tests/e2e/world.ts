import * as assert from "node:assert/strict";
import * as path from "node:path";

import {
  chooseDriver,
  type Driver,
  RunFailed,
  type RunResult,
  type StackConfig,
  type UpOptions,
  type UpResult,
} from "../../drivers";
import { messageOf } from "../../lab/engine/errors";
import { waitFor } from "../../lab/engine/wait";
import type { Lab } from "../../lab/lab";
import { ssh, type SshResult, type SshTarget } from "../../lab/ssh";
import type { Poller } from "./poller";
import type { Preparation } from "./preparations";
import { Attempts } from "./security/attempts";

/** A node as the stack's outputs have it. */
export interface OutputNode {
  readonly name: string;
  readonly hostname: string;
  readonly nodeId: string;
  readonly publicAddress: string;
  readonly publicIpv6?: string;
  readonly privateAddress: string;
}

/** What a scenario acts on: one stack on one lab, and the means to get inside. */
export class World {
  private last?: UpResult;
  /** What the last `up` that succeeded was asked for; nothing when no cluster stands. */
  public askedFor?: StackConfig;
  private log = "";
  /** Where nodes are reached through another host. */
  public bastion?: SshTarget;
  /** Ended after each scenario. */
  public readonly pollers: Poller[] = [];
  /** Who tried what, over all scenarios of the run. */
  public readonly attempts = new Attempts();
  /** Hosts that were prepared, since the last scenario's end. */
  public readonly preparations: Preparation[] = [];

  public constructor(
    public readonly driver: Driver,
    public readonly lab: Lab,
    private readonly base: StackConfig,
    /** Shows progress, where that is wanted. */
    public readonly report: (text: string) => void,
    /** Where the driver keeps its files. */
    public readonly dir: string,
  ) {}

  /**
   * Another stack on the same lab.
   * @param program - File that is run, in place of the project's own.
   */
  public async beside(stack: string, program?: string): Promise<World> {
    const dir = path.join(this.dir, stack);
    const driver = await chooseDriver(dir, stack, this.driver.kind, program);
    return new World(driver, this.lab, this.base, this.report, dir);
  }

  /** The lab stack's configuration, with some of the program's keys replaced. */
  public config(changes: Readonly<Record<string, unknown>> = {}): StackConfig {
    const own = Object.fromEntries(
      Object.entries(changes).map(([key, value]) => [`digitalocean-swarm:${key}`, value]),
    );
    return { ...this.base, ...own };
  }

  /** Runs `up` with some of the program's keys replaced. */
  public async up(
    changes: Readonly<Record<string, unknown>> = {},
    options: UpOptions = {},
  ): Promise<UpResult> {
    const config = this.config(changes);
    this.last = await this.keepLog(this.driver.up(config, { onOutput: this.report, ...options }));
    this.askedFor = config;
    return this.last;
  }

  /** Runs an `up` that is to fail, and returns all it said. */
  public async upFails(
    changes: Readonly<Record<string, unknown>> = {},
    options: UpOptions = {},
  ): Promise<string> {
    try {
      await this.up(changes, options);
    } catch (error) {
      if (error instanceof RunFailed) return error.log;
      throw error;
    }
    throw new assert.AssertionError({ message: "up succeeded where it should have failed" });
  }

  public async destroy(options: { readonly refresh?: boolean } = {}): Promise<RunResult> {
    const result = await this.keepLog(this.driver.destroy({ onOutput: this.report, ...options }));
    this.askedFor = undefined;
    return result;
  }

  /** Runs a `destroy` that is to fail, and returns all it said. */
  public async destroyFails(): Promise<string> {
    try {
      await this.destroy();
    } catch (error) {
      if (error instanceof RunFailed) return error.log;
      throw error;
    }
    throw new assert.AssertionError({ message: "destroy succeeded where it should have failed" });
  }

  /** Removes everything, whatever state a failed scenario left it in. */
  public async clear(): Promise<void> {
    await this.lab.clearFaults();
    await this.driver.cancel();
    for (const { hostname } of await this.lab.droplets()) await this.lab.deleteDroplet(hostname);
    // One that is still going when the state is refreshed is missing when it is to be deleted.
    await this.eventually(120, "the droplets to be gone", async () =>
      assert.deepEqual(await this.lab.droplets(), []),
    );
    await this.destroy({ refresh: true });
    // What the scenario itself put into the account, as somebody else.
    await this.eventually(60, "the account to be empty", () => this.lab.removeLeftovers());
  }

  /** Asserts that one more `up` has nothing to do. */
  public async unchanged(changes: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { changes: counts, log } = await this.up(changes);
    assert.deepEqual(
      { ...counts, same: 0 },
      { create: 0, update: 0, replace: 0, delete: 0, same: 0 },
      `a further up changed something:\n${log}`,
    );
  }

  /** A stack output that is a string. */
  public output(name: string): string {
    return this.outputs[name] as string;
  }

  /** All stack outputs, secret ones in clear text. */
  public get outputs(): Readonly<Record<string, unknown>> {
    assert.ok(this.last, "no up has succeeded yet");
    return this.last.outputs;
  }

  public get nodes(): readonly OutputNode[] {
    return [...(this.outputs.managers as OutputNode[]), ...(this.outputs.workers as OutputNode[])];
  }

  public node(name: string): OutputNode {
    const found = this.nodes.find(node => node.name === name);
    assert.ok(found, `there is no node ${name} among ${this.nodes.map(node => node.name).join(", ")}`);
    return found;
  }

  /** Logs in to an address with the stack's own key. Only managers' host key is an output. */
  public target(host = this.output("controlEndpoint")): SshTarget {
    return {
      host,
      port: this.outputs.sshPort as number,
      user: this.output("sshUser"),
      privateKey: this.output("sshPrivateKey"),
      hostKey: this.output("sshHostKey"),
      ...(this.bastion ? { proxy: this.bastion } : {}),
    };
  }

  /** Runs a command on the control endpoint, which must succeed. */
  public async onControl(command: string, stdin = ""): Promise<string> {
    return this.on(this.output("controlEndpoint"), command, stdin);
  }

  /** Runs a command on a manager over SSH, which must succeed. */
  public async on(address: string, command: string, stdin = ""): Promise<string> {
    const result = await ssh(this.target(address), command, stdin);
    assert.equal(result.code, 0, `"${command}" on ${address}: ${result.stderr}`);
    return result.stdout.trim();
  }

  /** Runs a command inside a droplet, past SSH and firewall. */
  public async inside(node: OutputNode, command: string): Promise<SshResult> {
    return this.lab.exec(node.hostname, ["bash", "-c", command]);
  }

  /** Tries until `attempt` resolves, at most `seconds`. @throws WaitTimeout With the reason why the last one did not. */
  public async eventually(seconds: number, what: string, attempt: () => Promise<void>): Promise<void> {
    let reason = "";
    await waitFor({ what, timeoutMs: seconds * 1000, intervalMs: 200, advice: () => reason }, async () => {
      try {
        await attempt();
        return true;
      } catch (error) {
        reason = messageOf(error);
        return undefined;
      }
    });
  }

  /** An error with the end of what the driver said. */
  public explain(error: unknown): string {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const log = (error instanceof RunFailed ? error.log : this.log).split("\n");
    const errors = log.slice(0, -60).filter(line => /error/i.test(line));
    return [text, "--- errors of the last run ---", ...errors, "--- its end ---", ...log.slice(-60)].join(
      "\n",
    );
  }

  public async tidy(): Promise<void> {
    this.bastion = undefined;
    await Promise.all(this.pollers.splice(0).map(poller => poller.stop()));
    await this.lab.behaveAsUsual();
  }

  private async keepLog<Result extends RunResult>(run: Promise<Result>): Promise<Result> {
    const result = await run;
    this.log = result.log;
    return result;
  }
}
