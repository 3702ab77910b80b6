import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Availability, SwarmOptions, Timeouts } from "../args";
import { DEFAULT_LISTEN_PORT, engineAddresses } from "./addresses";
import { rosterText } from "./roster-text";
import { command, script, type ScriptName } from "./script";

/** A host that is, or is to become, a node. */
export interface SwarmNode {
  /** Unique and stable: part of resource names and messages. */
  readonly name: string;
  /** Another value means another host: the node is joined anew and the old one leaves. */
  readonly identity: pulumi.Input<string>;
  readonly privateAddress: pulumi.Input<string>;
  readonly publicAddress: pulumi.Input<string>;
  /** OpenSSH public key by which the host is verified; without it any host is believed. */
  readonly hostKey?: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly availability: Availability;
}

/** Nodes that are settled together. */
export interface SwarmPool {
  readonly name: string;
  readonly nodes: readonly SwarmNode[];
}

/** Arguments of {@link Swarm}. */
export interface SwarmArgs {
  /** The first of them initialises the swarm; all can be replaced, also that one. */
  readonly managers: SwarmPool;
  readonly workers: readonly SwarmPool[];
  readonly ssh: { readonly user: pulumi.Input<string>; readonly privateKey: pulumi.Input<string> };
  /**
   * Address that always leads to a manager, or will: it may be assigned when `firstManagerJoined` is done. Default: the
   * first manager's public address, and then that manager cannot leave.
   */
  readonly controlAddress?: pulumi.Input<string>;
  /**
   * A resource that is deleted only together with all hosts. While it stays, nodes leave in good order; when it goes,
   * no host is asked any more.
   */
  readonly lifetime: pulumi.Resource;
  readonly options?: SwarmOptions;
  readonly timeouts?: Timeouts;
}

/** What `bootstrap.sh` reports: never changes in the swarm's life. */
interface Birth {
  readonly clusterId: string;
  readonly address: string;
  readonly workerRotation: number;
  readonly managerRotation: number;
}

const DEFAULT_TIMEOUTS = { ssh: 300, boot: 600, join: 300, drain: 120 };
/** @pulumi/command waits between dials 100 ms, then half as long again, up to 5 s. */
const DIALS_BEFORE_FIVE_SECONDS = 10;

/** Turns hosts that answer SSH into a Docker Swarm. It knows nothing of where they come from. */
export class Swarm extends pulumi.ComponentResource {
  public readonly clusterId: pulumi.Output<string>;
  public readonly workerToken: pulumi.Output<string>;
  public readonly managerToken: pulumi.Output<string>;
  /** Each node's ID in the swarm, by name. Known when the node has its role, labels and availability. */
  public readonly nodeIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** From here on the first manager may hold the control address. */
  public readonly firstManagerJoined: pulumi.Resource;

  private readonly options: SwarmOptions;
  private readonly timeouts: Required<Timeouts>;
  private readonly firstManager: SwarmNode;

  public constructor(
    private readonly stem: string,
    private readonly args: SwarmArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("digitalocean-swarm:index:Swarm", stem, {}, opts);
    const [first, ...otherManagers] = args.managers.nodes;
    if (!first) throw new pulumi.ResourceError("`managers` is empty: a swarm needs a manager", this);
    this.firstManager = first;
    this.options = args.options ?? {};
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...args.timeouts };

    const bootstrap = this.bootstrap();
    const birth = bootstrap.stdout.apply(text => JSON.parse(text) as Birth);
    this.clusterId = birth.clusterId;
    this.workerToken = this.token("worker", bootstrap, birth, this.options.workerTokenRotation ?? 0);
    this.managerToken = this.token("manager", bootstrap, birth, this.options.managerTokenRotation ?? 0);

    const peers = this.peers(birth, otherManagers);
    const firstJoin = this.join(first, this.managerToken, peers.ofFirstManager);
    this.firstManagerJoined = firstJoin;
    const nodeIds: Record<string, pulumi.Output<string>> = {};
    for (const pool of [args.managers, ...args.workers]) {
      const members = pool.nodes.map(node => {
        const joined = node === first ? firstJoin : this.join(node, this.workerToken, peers.ofOthers);
        this.leave(node, joined);
        return { node, joined };
      });
      const settled = this.settle(pool, members);
      for (const { node, joined } of members) {
        nodeIds[node.name] = pulumi.all([joined.stdout, settled.stdout]).apply(([id]) => id);
      }
    }
    this.nodeIds = nodeIds;
    this.registerOutputs({ clusterId: this.clusterId });
  }

  /** Initialises the swarm, once: whatever changes about the first manager or this script, it is never run again. */
  private bootstrap(): remote.Command {
    const stdin = this.addressed(this.firstManager).apply(engine =>
      script("bootstrap", this.firstManager.name, {
        ADVERTISE: engine.advertise,
        LISTEN: engine.listen,
        DATA_PATH: engine.dataPath,
        DATA_PATH_PORT: this.options.dataPathPort ?? 4789,
        POOLS: (this.options.addressPools ?? []).join(" "),
        POOL_SIZE: this.options.addressPoolSize ?? 24,
        WORKER_ROTATION: this.options.workerTokenRotation ?? 0,
        MANAGER_ROTATION: this.options.managerTokenRotation ?? 0,
        BOOT_SECONDS: this.timeouts.boot,
      }),
    );
    return this.command(
      "bootstrap",
      "bootstrap",
      this.firstManager.name,
      this.ofNode(this.firstManager),
      stdin,
      this.timeouts.boot + 120,
      {
        ignoreChanges: ["*"],
      },
    );
  }

  /**
   * A join token: the one the swarm was born with, or the one that it was rotated to. Reading the first needs the first
   * manager, rotating needs the control endpoint, which may be assigned only later: an `apply` that returns one of two
   * Outputs waits only for that one, so a new cluster never waits for the endpoint.
   */
  private token(
    role: "worker" | "manager",
    bootstrap: remote.Command,
    birth: pulumi.Output<Birth>,
    rotation: number,
  ): pulumi.Output<string> {
    const secret = { additionalSecretOutputs: ["stdout"] };
    const stdin = birth.clusterId.apply(CLUSTER =>
      script("token", this.firstManager.name, { CLUSTER, ROLE: role }),
    );
    const first = this.command(`${role}-token`, "token", role, this.ofNode(this.firstManager), stdin, 60, {
      ...secret,
      ignoreChanges: ["*"],
      dependsOn: [bootstrap],
    });
    if (rotation === 0) return pulumi.secret(first.stdout);
    const born = birth.apply(b => (role === "worker" ? b.workerRotation : b.managerRotation));
    const rotate = pulumi
      .all([birth.clusterId, born])
      .apply(([CLUSTER, BORN]) =>
        script("rotate-token", this.firstManager.name, { CLUSTER, ROLE: role, ROTATION: rotation, BORN }),
      );
    const rotated = this.command(
      `${role}-token-rotated`,
      "rotate-token",
      role,
      this.ofControl(),
      rotate,
      960,
      {
        ...secret,
        triggers: [rotation],
      },
    );
    return pulumi.secret(born.apply(b => (b === rotation ? first.stdout : rotated.stdout)));
  }

  /**
   * Where a node finds the swarm. The swarm's birthplace and the control address never change, so that replacing a
   * manager touches no other node. Only the first manager needs the others by name: while it is being replaced, the
   * control address may lead nowhere.
   */
  private peers(birth: pulumi.Output<Birth>, otherManagers: readonly SwarmNode[]) {
    const port = this.options.listenPort ?? DEFAULT_LISTEN_PORT;
    const others = pulumi.all(otherManagers.map(node => this.addressed(node).advertise));
    const control = pulumi.interpolate`${this.args.controlAddress ?? this.firstManager.publicAddress}:${port}`;
    // A manager that listens on one address only does not answer at the control address.
    const last =
      (this.options.listen ?? "any") === "any"
        ? pulumi.all([control])
        : pulumi.all([this.addressed(this.firstManager).advertise, others]).apply(all => all.flat());
    return {
      ofFirstManager: pulumi.all([birth.address, others, last]).apply(all => all.flat()),
      ofOthers: pulumi.all([birth.address, last]).apply(all => all.flat()),
    };
  }

  /** Makes a host a member. Run again, for another token say, it finds itself a member. */
  private join(
    node: SwarmNode,
    token: pulumi.Output<string>,
    peers: pulumi.Output<string[]>,
  ): remote.Command {
    const stdin = pulumi
      .all([this.clusterId, token, peers, this.addressed(node)])
      .apply(([CLUSTER, TOKEN, known, engine]) =>
        script("join", node.name, {
          CLUSTER,
          TOKEN,
          PEERS: [...new Set(known)].filter(peer => peer !== engine.advertise).join(" "),
          ADVERTISE: engine.advertise,
          LISTEN: engine.listen,
          DATA_PATH: engine.dataPath,
          BOOT_SECONDS: this.timeouts.boot,
          JOIN_SECONDS: this.timeouts.join,
          REJOIN: this.options.rejoin ?? "",
        }),
      );
    return this.command(
      `${node.name}-join`,
      "join",
      node.name,
      this.ofNode(node),
      pulumi.secret(stdin),
      this.timeouts.boot + this.timeouts.join + 60,
      {
        triggers: [node.identity],
      },
    );
  }

  /** Gives a pool's nodes their role, labels and availability: one session for the whole pool. */
  private settle(
    pool: SwarmPool,
    members: readonly { node: SwarmNode; joined: remote.Command }[],
  ): remote.Command {
    const role = pool === this.args.managers ? "manager" : "worker";
    const ids = pulumi.all(members.map(({ joined }) => joined.stdout));
    const stdin = pulumi.all([this.clusterId, ids]).apply(([CLUSTER, known]) =>
      script("settle", pool.name, {
        CLUSTER,
        ROLE: role,
        READY_SECONDS: 60,
        LISTEN_PORT: this.options.listenPort ?? DEFAULT_LISTEN_PORT,
        ROSTER: rosterText(members.map(({ node }, i) => ({ ...node, nodeId: known[i] ?? "" }))),
      }),
    );
    return this.command(
      `${pool.name}-settle`,
      "settle",
      pool.name,
      this.ofNode(this.firstManager),
      stdin,
      300 + 60 * pool.nodes.length,
      {
        dependsOn: [this.firstManagerJoined],
      },
    );
  }

  /**
   * Does nothing until it is deleted: then the node is drained, demoted and removed, from the control endpoint. It is
   * deleted when the node is, or when its host was replaced, after the new one was settled.
   */
  private leave(node: SwarmNode, joined: remote.Command): remote.Command {
    const stdin = pulumi
      .all([this.clusterId, joined.stdout])
      .apply(([CLUSTER, ID]) =>
        script("leave", node.name, { CLUSTER, ID, DRAIN_SECONDS: this.timeouts.drain }),
      );
    return new remote.Command(
      `${this.stem}-${node.name}-leave`,
      {
        connection: this.ofControl(),
        delete: command("leave", node.name, this.timeouts.drain + 1200),
        stdin,
        triggers: [node.identity, joined.stdout],
        addPreviousOutputInEnv: false,
      },
      { parent: this, deletedWith: this.args.lifetime },
    );
  }

  private command(
    name: string,
    scriptName: ScriptName,
    node: string,
    connection: pulumi.Input<types.input.remote.ConnectionArgs>,
    stdin: pulumi.Input<string>,
    seconds: number,
    { triggers, ...opts }: pulumi.CustomResourceOptions & { triggers?: pulumi.Input<string | number>[] },
  ): remote.Command {
    const create = command(scriptName, node, seconds);
    return new remote.Command(
      `${this.stem}-${name}`,
      {
        connection,
        create,
        stdin,
        ...(triggers ? { triggers } : {}),
        // Progress is on stderr; stdout may be a token.
        logging: opts.additionalSecretOutputs ? remote.Logging.None : remote.Logging.Stderr,
        // sshd refuses variables that it was not told to accept.
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...opts },
    );
  }

  private ofNode(node: SwarmNode): types.input.remote.ConnectionArgs {
    return this.connection(node.publicAddress, node.hostKey);
  }

  private ofControl(): types.input.remote.ConnectionArgs {
    return this.connection(
      this.args.controlAddress ?? this.firstManager.publicAddress,
      this.firstManager.hostKey,
    );
  }

  private connection(
    host: pulumi.Input<string>,
    hostKey: pulumi.Input<string> | undefined,
  ): types.input.remote.ConnectionArgs {
    return {
      host,
      user: this.args.ssh.user,
      privateKey: this.args.ssh.privateKey,
      ...(hostKey === undefined ? {} : { hostKey }),
      perDialTimeout: 5,
      dialErrorLimit: DIALS_BEFORE_FIVE_SECONDS + Math.ceil(this.timeouts.ssh / 5),
    };
  }

  private addressed(node: SwarmNode) {
    return pulumi
      .all([node.privateAddress, node.publicAddress])
      .apply(([privateAddress, publicAddress]) =>
        engineAddresses({ privateAddress, publicAddress }, this.options),
      );
  }
}
