import * as pulumi from "@pulumi/pulumi";

import { Reader } from "../reader";
import { deadAgent } from "../ssh/agent";
import { resolveSsh } from "../ssh/resolve";
import { admissions } from "./admission";
import type { HostFacts, NodeOutput, SwarmArgs } from "./args";
import { type Bootstrap, bootstrap } from "./bootstrap";
import { type ResolvedSwarmArgs, SwarmContext } from "./context";
import { leadToFirstManager } from "./control-endpoint";
import { firstTokens, joinToken, rotateCa, unlockKey } from "./credentials";
import { DockerApi, type DockerApiOutput } from "./docker-api/docker-api";
import { join, type Member } from "./join";
import { knownMembers } from "./known-members";
import { leave } from "./leave";
import { nodeOutput, type Pool, reconcilePool } from "./reconcile-pool";
import { resolveSwarm, resolveSwarmNodes } from "./resolve";

/**
 * Turns hosts that answer SSH into a Docker Swarm. It knows nothing of where they come from.
 *
 * @example
 * new Swarm("rack", {
 *   nodes: [
 *     {
 *       ...{ name: "rack-0", role: "manager", pool: "manager", labels: {}, availability: "active" },
 *       identity: machine.id,
 *       host: pulumi.output({ hostname: "rack-0", publicAddress: "203.0.113.10", privateAddress: "10.0.0.10" }),
 *     },
 *   ],
 *   ssh: { user: "admin", privateKey },
 *   controlAddress: "203.0.113.10",
 *   lifetime: machine,
 * });
 */
export class Swarm extends pulumi.ComponentResource {
  /** The swarm's own ID. */
  public readonly clusterId: pulumi.Output<string>;
  /** Lets workers join. Secret. */
  public readonly workerToken: pulumi.Output<string>;
  /** Lets managers join. Secret. */
  public readonly managerToken: pulumi.Output<string>;
  /** Unlocks a manager after its engine was restarted. Secret. Only with `autolock`. */
  public readonly unlockKey?: pulumi.Output<string>;
  /** How the Docker API is reached over TLS. Only with `dockerApi`. */
  public readonly dockerApi?: DockerApiOutput;
  /** Known when all of them have their role, labels and availability. */
  public readonly managers: pulumi.Output<NodeOutput[]>;
  /** Likewise. */
  public readonly workers: pulumi.Output<NodeOutput[]>;
  /** The host of the first manager, known when it is in the swarm: from then on it may hold the control address. */
  public readonly firstManager: pulumi.Output<HostFacts>;

  /**
   * @param name - Starts every resource's name.
   * @throws InvalidArgsError that lists every fault, before any resource is made.
   */
  public constructor(
    name: string,
    args: SwarmArgs | ResolvedSwarmArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const resolved = "settings" in args ? args : resolveArgs(name, args);
    super("digitalocean-swarm:index:Swarm", name, {}, opts);
    const context = new SwarmContext(name, resolved, this);
    const { firstManager: first, managers, settings } = context;
    const api = new DockerApi(
      `${name}-docker-api`,
      { context, managers, renewal: resolved.dockerApi?.renewal },
      { parent: this },
    );

    const bootstrapped = bootstrap(context).stdout.apply(text => JSON.parse(text) as Bootstrap);
    this.clusterId = bootstrapped.clusterId;
    const tokens = firstTokens(context, bootstrapped);
    const caRotated = rotateCa(context, bootstrapped);
    this.workerToken = joinToken(context, "worker", bootstrapped, tokens, caRotated);
    this.managerToken = joinToken(context, "manager", bootstrapped, tokens, caRotated);

    const admission = admissions(context, bootstrapped, {
      worker: this.workerToken,
      manager: this.managerToken,
    });
    const known = knownMembers(context, this.clusterId);
    // The first manager is in the swarm from the bootstrap on, and joins like any other when it is replaced. It cannot ask
    // the control address what is known of it: that is where it is about to be.
    const firstMember = join(context, first, {
      admission: admission.ofFirstManager,
      known: () => pulumi.output("manager"),
      server: api.filesOf(first),
    });
    // Where the swarm was initialised, the join finds a manager that is in it already: nothing waits for that.
    this.firstManager = first.host.apply(facts =>
      bootstrapped.apply(({ hostname }) =>
        facts.hostname === hostname ? pulumi.output(facts) : firstMember.joined.stdout.apply(() => facts),
      ),
    );
    if (resolved.reservedIp)
      leadToFirstManager(`${name}-control`, resolved.reservedIp, this.firstManager, { parent: this });

    const members = resolved.nodes.map(node =>
      node === first
        ? firstMember
        : join(context, node, { admission: admission.ofOthers, known, server: api.filesOf(node) }),
    );
    const outputs = { manager: [] as pulumi.Output<NodeOutput>[], worker: [] as pulumi.Output<NodeOutput>[] };
    const allReconciled: pulumi.Resource[] = [];
    for (const pool of poolsOf(members)) {
      const reconciled = reconcilePool(context, pool, this.clusterId, firstMember.joined);
      allReconciled.push(reconciled);
      for (const member of pool.members) {
        leave(context, member, this.clusterId);
        outputs[pool.role].push(nodeOutput(member, reconciled));
      }
    }
    this.managers = pulumi.output(outputs.manager);
    this.workers = pulumi.output(outputs.worker);
    const [managersReconciled] = allReconciled;
    if (settings.autolock && managersReconciled)
      this.unlockKey = unlockKey(context, this.clusterId, managersReconciled);
    // No engine is restarted while nodes are being joined and reconciled.
    api.reconcile(allReconciled, this.unlockKey);
    if (api.output) this.dockerApi = api.output;
    this.registerOutputs({ clusterId: this.clusterId, managers: this.managers, workers: this.workers });
  }
}

function resolveArgs(name: string, args: SwarmArgs): ResolvedSwarmArgs {
  const reader = new Reader(`Swarm "${name}"`);
  const ssh = resolveSsh(reader, args.ssh);
  const settings = resolveSwarm(reader, args.options, args.timeouts, ssh.port);
  const nodes = resolveSwarmNodes(reader, args.nodes);
  reader.faults.push(...deadAgent());
  reader.raise();
  return { ...args, nodes, settings, ssh: { ...ssh, privateKey: args.ssh.privateKey } };
}

/** The managers, then each pool of workers. */
function poolsOf(members: readonly Member[]): Pool[] {
  const pools = new Map<string, Pool & { readonly members: Member[] }>();
  for (const member of members) {
    const { role, pool } = member.node;
    const key = role === "manager" ? role : `worker ${pool}`;
    const found = pools.get(key) ?? { name: pool, role, members: [] };
    found.members.push(member);
    pools.set(key, found);
  }
  return [...pools.values()].sort(
    (one, other) => Number(other.role === "manager") - Number(one.role === "manager"),
  );
}
