import * as pulumi from "@pulumi/pulumi";

import { raise } from "../faults";
import { deadAgent } from "../ssh/agent";
import type { NodeOutput, SwarmArgs } from "./args";
import { DockerApi, type DockerApiOutput } from "../docker-api/docker-api";
import { type Birth, bootstrap } from "./birth";
import { firstTokens, joinToken, rotateCa, unlockKey } from "./keys";
import { knownMembers } from "./known-members";
import { admissions, join, leave, nodeOutput, settle } from "./membership";
import { SwarmContext } from "./remote";

/** Turns hosts that answer SSH into a Docker Swarm. It knows nothing of where they come from. */
export class Swarm extends pulumi.ComponentResource {
  public readonly clusterId: pulumi.Output<string>;
  /** Secret. */
  public readonly workerToken: pulumi.Output<string>;
  /** Secret. */
  public readonly managerToken: pulumi.Output<string>;
  /** Secret. Only with `autolock`. */
  public readonly unlockKey?: pulumi.Output<string>;
  /** How the Docker API is reached over TLS. Its key is secret. Only with `dockerApi`. */
  public readonly dockerApi?: pulumi.Output<DockerApiOutput>;
  /** Known when all of them have their role, labels and availability. */
  public readonly managers: pulumi.Output<NodeOutput[]>;
  /** Likewise. */
  public readonly workers: pulumi.Output<NodeOutput[]>;
  /** When this is known the first manager is in the swarm, and may hold the control address. */
  public readonly firstManagerIn: pulumi.Output<unknown>;

  public constructor(name: string, args: SwarmArgs, opts?: pulumi.ComponentResourceOptions) {
    raise(`Swarm "${name}"`, deadAgent());
    super("digitalocean-swarm:index:Swarm", name, {}, opts);
    const first = args.managers.nodes[0];
    if (!first) throw new pulumi.ResourceError("`managers.nodes` is empty: a swarm needs a manager", this);
    const context = new SwarmContext(name, args, first, this);
    const api = new DockerApi(
      `${name}-docker-api`,
      { context, managers: args.managers.nodes, renewal: args.dockerApi?.renewal },
      { parent: this },
    );

    const birth = bootstrap(context).stdout.apply(text => JSON.parse(text) as Birth);
    this.clusterId = birth.clusterId;
    const tokens = firstTokens(context, birth);
    const caRotated = rotateCa(context, birth);
    this.workerToken = joinToken(context, "worker", birth, tokens, caRotated);
    this.managerToken = joinToken(context, "manager", birth, tokens, caRotated);

    const admission = admissions(context, birth, { worker: this.workerToken, manager: this.managerToken });
    const known = knownMembers(context, this.clusterId);
    // The first manager is in the swarm from its birth, and joins like any other when it is replaced. It cannot ask the
    // control address what is known of it: that is where it is about to be.
    const firstMember = join(context, first, {
      admission: admission.ofFirstManager,
      known: () => pulumi.output("manager"),
      server: api.filesOf(first),
    });
    // Where the swarm was born, the join finds a manager that is in it already: nothing waits for that.
    this.firstManagerIn = birth.apply(({ hostname }) =>
      first.host.apply(facts => (facts.hostname === hostname ? hostname : firstMember.joined.stdout)),
    );

    const allSettled: pulumi.Resource[] = [];
    const managers: pulumi.Output<NodeOutput>[] = [];
    const workers: pulumi.Output<NodeOutput>[] = [];
    for (const pool of [args.managers, ...args.workers]) {
      if (pool.nodes.length === 0) continue;
      const members = pool.nodes.map(node =>
        node === first
          ? firstMember
          : join(context, node, { admission: admission.ofOthers, known, server: api.filesOf(node) }),
      );
      const settled = settle(context, pool, members, this.clusterId, firstMember.joined);
      allSettled.push(settled);
      for (const member of members) {
        leave(context, member, this.clusterId);
        (pool === args.managers ? managers : workers).push(nodeOutput(member, settled));
      }
    }
    this.managers = pulumi.output(managers);
    this.workers = pulumi.output(workers);
    const [managersSettled] = allSettled;
    if (context.options.autolock && managersSettled)
      this.unlockKey = unlockKey(context, this.clusterId, managersSettled);
    // No engine is restarted while nodes are being joined and settled.
    api.settle(allSettled, this.unlockKey);
    if (api.output) this.dockerApi = api.output;
    this.registerOutputs({ clusterId: this.clusterId });
  }
}
