import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { map } from "../reader";
import type { SshSettings } from "../ssh/resolve";
import { type Door, SilenceWatch } from "../ssh/silence";
import type { SwarmHosts, SwarmNode } from "./args";
import { DEFAULT_TIMEOUTS, type SwarmSettings } from "./resolve";
import { command, type ScriptName } from "./script";

/**
 * `@pulumi/command` waits 100 ms before the second dial, then half as long again each time, up to 5 s: 11 s for ten. A
 * dial itself takes no time where it is refused, and up to 5 s where nobody answers.
 */
const FIRST_DIALS = 10;
const SECONDS_PER_DIAL = 7.5;

/** Who logs in, by which way, and the key that the host must have. */
type Login = Pick<Connection, "port" | "user" | "privateKey" | "hostKey" | "proxy">;
type Connection = pulumi.Unwrap<types.input.remote.ConnectionArgs>;

/** What a `Swarm` takes from a component that has read all arguments itself. */
export interface ResolvedSwarmArgs extends SwarmHosts {
  readonly ssh: SshSettings & { readonly privateKey: pulumi.Input<string> };
  readonly settings: SwarmSettings;
  /** Value of `firewall.sshFrom`, where there is that firewall. */
  readonly sshFrom?: pulumi.Input<readonly string[]>;
}

/** A script to be run on a host. */
export interface Run {
  /** The resource's name, after the swarm's. */
  readonly name: string;
  readonly script: ScriptName;
  /**
   * When it runs. `create`: when it is created, and again when its input changes; `update`: only when its input changes,
   * so that it costs a new cluster nothing; `delete`: only when it is deleted. What runs at `delete` goes to the control
   * address: any other host may be gone by then. @default "create"
   */
  readonly at?: "create" | "update" | "delete";
  /** Beside `at: "update"`: whether it runs when it is created, too. @default false */
  readonly atOnce?: pulumi.Output<boolean>;
  /** Node or pool that it is about, for messages. */
  readonly about: string;
  /** The host that it runs on: a node's, or wherever the control address leads to. */
  readonly on: SwarmNode | "control";
  readonly stdin: pulumi.Input<string>;
  /** After so many seconds it is ended. */
  readonly seconds: number;
  /** stdout is a secret, and so is never logged. */
  readonly secret?: boolean;
  /**
   * Another value is another Command: the new one is created, then the old one deleted. To run one again, its input is
   * changed. @default none
   */
  readonly identity?: readonly pulumi.Input<string>[];
}

/** What all Commands of a swarm share: where they go and how long they wait. */
export class SwarmContext {
  /** The first of them initialises the swarm. */
  public readonly managers: readonly SwarmNode[];
  public readonly firstManager: SwarmNode;
  public readonly settings: SwarmSettings;
  /** Where the control plane is reached. */
  public readonly controlAddress: pulumi.Input<string>;
  /** Where people dial, the nodes' own addresses apart. */
  private readonly door: pulumi.Output<Omit<Door, "host"> & { readonly host?: string }>;
  /** Made once: every node's Commands go there. */
  private readonly toControl: pulumi.Output<Connection>;
  private readonly silence: SilenceWatch;
  /** By host key: all nodes of a pool have the same, and share one Output. */
  private readonly logins = new Map<SwarmNode["hostKey"], pulumi.Output<Login>>();

  public constructor(
    public readonly stem: string,
    public readonly hosts: ResolvedSwarmArgs,
    private readonly parent: pulumi.Resource,
  ) {
    this.settings = hosts.settings;
    this.silence = new SilenceWatch(parent);
    const { port, proxy } = hosts.ssh;
    this.door = pulumi.output(
      proxy ? { host: proxy.host, port: proxy.port } : { port, sshFrom: hosts.sshFrom },
    );
    this.managers = hosts.nodes.filter(({ role }) => role === "manager");
    const [first] = this.managers;
    if (!first) throw new pulumi.ResourceError("a swarm needs a manager", parent);
    this.firstManager = first;
    this.controlAddress = hosts.controlAddress;
    this.toControl = this.connection(pulumi.output(this.controlAddress), first.hostKey);
  }

  /** A Command. Until the time comes that `at` names it does nothing, and opens no connection. */
  public run(run: Run, opts: pulumi.CustomResourceOptions = {}): remote.Command {
    const { at = "create" } = run;
    const line = map(this.hosts.ssh.user, user => asRoot(user, command(run.script, run.about, run.seconds)));
    const made = new remote.Command(
      `${this.stem}-${run.name}`,
      {
        connection: this.to(run.on, at),
        [at]: line,
        ...(run.atOnce
          ? { create: run.atOnce.apply(wanted => (wanted ? line : undefined)) as pulumi.Output<string> }
          : {}),
        stdin: run.stdin,
        ...(run.identity ? { triggers: [...run.identity] } : {}),
        // Progress is on stderr.
        logging: run.secret ? remote.Logging.None : remote.Logging.Stderr,
        // sshd refuses variables that it was not told to accept.
        addPreviousOutputInEnv: false,
      },
      { parent: this.parent, ...(run.secret ? { additionalSecretOutputs: ["stdout"] } : {}), ...opts },
    );
    if ((run.script === "bootstrap" || run.script === "join") && run.on !== "control")
      this.watch(run.on, made);
    return made;
  }

  /** Sees to it that the first Command of a host does not wait in silence. */
  private watch({ host }: SwarmNode, { stdout }: remote.Command): void {
    if (pulumi.runtime.isDryRun()) return;
    host.apply(facts =>
      this.door.apply(door => {
        const end = this.silence.begin({ host: facts.publicAddress, ...door });
        stdout.apply(end);
      }),
    );
  }

  /** The name of what is made anew in each generation of the swarm. */
  public inGeneration(name: string): string {
    const { generation } = this.settings;
    return generation === 0 ? name : `${name}-g${generation}`;
  }

  /** What runs on a change alone keeps one bound on its dials: another `timeouts.ssh` is no change that it is for. */
  private to(on: Run["on"], at: Run["at"]): pulumi.Output<Connection> {
    const seconds = at === "update" ? DEFAULT_TIMEOUTS.ssh : this.settings.timeouts.ssh;
    if (on !== "control")
      return this.connection(
        on.host.apply(({ publicAddress }) => publicAddress),
        on.hostKey,
        seconds,
      );
    if (seconds === this.settings.timeouts.ssh) return this.toControl;
    return this.connection(pulumi.output(this.controlAddress), this.firstManager.hostKey, seconds);
  }

  private connection(
    address: pulumi.Output<string>,
    hostKey: SwarmNode["hostKey"],
    seconds = this.settings.timeouts.ssh,
  ): pulumi.Output<Connection> {
    const patience = {
      perDialTimeout: 5,
      dialErrorLimit: FIRST_DIALS + Math.ceil(seconds / SECONDS_PER_DIAL),
    };
    return address.apply(host =>
      this.login(hostKey).apply(({ proxy, ...who }) => ({
        host,
        ...who,
        ...(proxy ? { proxy: { ...proxy, ...patience } } : {}),
        ...patience,
      })),
    );
  }

  private login(hostKey: SwarmNode["hostKey"]): pulumi.Output<Login> {
    let login = this.logins.get(hostKey);
    if (!login) {
      const { port, user, privateKey, proxy } = this.hosts.ssh;
      login = pulumi.output({
        port,
        user,
        privateKey,
        ...(hostKey === undefined ? {} : { hostKey }),
        ...(proxy ? { proxy: { ...proxy, privateKey: proxy.privateKey ?? privateKey } } : {}),
      });
      this.logins.set(hostKey, login);
    }
    return login;
  }
}

/** A command line as root runs it: `timeout` can end what root runs only as root. */
function asRoot(user: string, line: string): string {
  return user === "root" ? line : `sudo -n ${line}`;
}
