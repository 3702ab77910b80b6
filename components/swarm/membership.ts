import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { SwarmOptions } from "../args";
import type { ServerFiles } from "../docker-api/docker-api";
import { swarmPorts } from "../ports";
import { type EngineAddresses, engineAddresses } from "./addresses";
import type { NodeOutput, SwarmNode, SwarmPool } from "./args";
import type { Birth } from "./birth";
import type { Known } from "./known-members";
import type { SwarmContext } from "./remote";
import { rosterText } from "./roster-text";
import { BOUNDS, script, type SwarmSettings } from "./script";

/** What lets a node in. */
export interface Admission {
  readonly clusterId: string;
  /** Secret. */
  readonly token: string;
  /** Where nodes find the swarm, as `ip:port` in order of preference. */
  readonly peers: readonly string[];
}

/** A node, and the Command that made it a member; its stdout is the node's ID. */
export interface Member {
  readonly node: SwarmNode;
  readonly joined: remote.Command;
}

/**
 * The swarm's birthplace and the control address never change, so that replacing a manager touches no other node. Only
 * the first manager has to know the others: while it is being replaced, the control address may lead nowhere.
 */
export function admissions(
  context: SwarmContext,
  birth: pulumi.Output<Birth>,
  tokens: { readonly worker: pulumi.Output<string>; readonly manager: pulumi.Output<string> },
): { readonly ofFirstManager: pulumi.Output<Admission>; readonly ofOthers: pulumi.Output<Admission> } {
  const others = context.args.managers.nodes.filter(node => node !== context.firstManager);
  const addressesOf = (nodes: readonly SwarmNode[]) =>
    pulumi.all(
      nodes.map(({ host }) => host.apply(facts => engineAddresses(facts, context.options).advertise)),
    );
  const control =
    (context.options.listen ?? "any") === "any"
      ? pulumi.all([pulumi.interpolate`${context.controlAddress}:${context.listenPort}`])
      : // Managers that listen on one address do not answer at the control address.
        addressesOf(context.args.managers.nodes);
  const admission = (token: pulumi.Output<string>, ...lists: pulumi.Output<string[]>[]) =>
    pulumi.all([birth, token, pulumi.all(lists)]).apply(([{ clusterId, address }, secret, rest]) => ({
      clusterId,
      token: secret,
      peers: [...new Set([address, ...rest.flat()])],
    }));
  return {
    ofFirstManager: admission(tokens.manager, addressesOf(others), control),
    ofOthers: admission(tokens.worker, control),
  };
}

/** What a node's join takes beside what all nodes' do. */
export interface JoinDetails {
  readonly admission: pulumi.Output<Admission>;
  /** What the managers know of the host. */
  readonly known: Known;
  /** A manager's certificate for the Docker API, which its engine serves before it joins. Secret. */
  readonly server?: pulumi.Output<ServerFiles>;
}

/**
 * Makes a host a member. Run again, for another token say, it finds itself a member.
 *
 * `apply` in `apply`, as `pulumi.all` makes five Outputs of these two: with a thousand nodes that is a tenth of the
 * program's memory.
 */
export function join(context: SwarmContext, node: SwarmNode, details: JoinDetails): Member {
  const { options, timeouts } = context;
  const { admission, known, server } = details;
  const stdin = (files?: ServerFiles) =>
    admission.apply(({ clusterId, token, peers: addresses }) =>
      node.host.apply(facts =>
        known(node).apply(KNOWN => {
          const engine = engineAddresses(facts, options);
          const others = addresses.filter(address => address !== engine.advertise);
          return script("join", node.name, {
            CLUSTER: clusterId,
            KIND: context.args.managers.nodes.includes(node) ? "manager" : "worker",
            JOINS: others.map(peer => `${peer} ${joinRequest(engine, token, peer)}\n`).join(""),
            LISTEN: engine.listen,
            DATA_PATH_PORT: swarmPorts(options).dataPath,
            BOOT_SECONDS: timeouts.boot,
            JOIN_SECONDS: timeouts.join,
            GENERATION: context.generation,
            RECONCILE: String(options.reconcile ?? ""),
            KNOWN,
            ...files,
          });
        }),
      ),
    );
  const joined = context.run({
    name: `${node.name}-join`,
    script: "join",
    about: node.name,
    on: node,
    stdin: server ? server.apply(stdin) : stdin(),
    // For the engine to find its swarm, to start with its API, and for the last try to end.
    seconds: timeouts.boot + timeouts.join + 5 * 60,
    triggers: [node.identity],
  });
  return { node, joined };
}

/** The request that an engine is joined with, in JSON. Secret. */
function joinRequest({ listen, advertise, dataPath }: EngineAddresses, token: string, peer: string): string {
  return JSON.stringify({
    ListenAddr: listen,
    AdvertiseAddr: advertise,
    DataPathAddr: dataPath,
    RemoteAddrs: [peer],
    JoinToken: token,
  });
}

/**
 * Gives a pool's nodes their role, labels and availability, in one session on the first manager; with the managers the
 * swarm itself gets its settings.
 */
export function settle(
  context: SwarmContext,
  pool: SwarmPool,
  members: readonly Member[],
  clusterId: pulumi.Output<string>,
  firstManagerJoined: pulumi.Resource,
): remote.Command {
  const stdin = pulumi
    .all([clusterId, pulumi.all(members.map(({ joined }) => joined.stdout))])
    .apply(([CLUSTER, ids]) =>
      script("reconcile-pool", pool.name, {
        CLUSTER,
        ROLE: pool === context.args.managers ? "manager" : "worker",
        READY_SECONDS: BOUNDS.WAIT_SECONDS,
        LISTEN_PORT: context.listenPort,
        DATA_PATH_PORT: carriesOnSamePlane(context.options) ? swarmPorts(context.options).dataPath : 0,
        RECONCILE: String(context.options.reconcile ?? ""),
        ...(pool === context.args.managers ? settings(context.options) : {}),
        ROSTER: rosterText(members.map(({ node }, i) => ({ ...node, nodeId: ids[i] ?? "" }))),
      }),
    );
  return context.run(
    {
      name: `${pool.name}-settle`,
      script: "reconcile-pool",
      about: pool.name,
      on: context.firstManager,
      stdin,
      seconds: BOUNDS.LOCK_SECONDS + 420 + 60 * members.length,
    },
    { dependsOn: [firstManagerJoined] },
  );
}

/**
 * A node as other stacks see it, when its pool is settled. The pool's URN stands for that: in a preview it is known, and
 * so is what does not change about the node.
 */
export function nodeOutput({ node, joined }: Member, settled: remote.Command): pulumi.Output<NodeOutput> {
  return settled.urn.apply(() =>
    joined.stdout.apply(nodeId => node.host.apply(facts => ({ ...facts, name: node.name, nodeId }))),
  );
}

/** Whether the traffic of containers is carried by the address that the nodes know each other by. */
function carriesOnSamePlane({ advertise = "private", dataPath = advertise }: SwarmOptions): boolean {
  return dataPath === advertise;
}

/** The settings of the swarm that can be changed while it lives, as `reconcile-pool.py` takes them. */
function settings(options: SwarmOptions): SwarmSettings {
  return {
    CERT_HOURS: 24 * (options.certificateDays ?? 90),
    AUTOLOCK: options.autolock ? "true" : "false",
    EXTERNAL_CAS: (options.externalCas ?? []).join(" "),
  };
}

/**
 * Takes a node out of the swarm: when it is removed, or when its host was replaced and the new one is settled. Until
 * it is deleted this Command does nothing. When the whole cluster goes it is not run.
 */
export function leave(
  context: SwarmContext,
  { node, joined }: Member,
  clusterId: pulumi.Output<string>,
): void {
  const { drain } = context.timeouts;
  context.run(
    {
      name: `${node.name}-leave`,
      script: "leave",
      at: "delete",
      about: node.name,
      on: "control",
      stdin: clusterId.apply(CLUSTER =>
        joined.stdout.apply(NODE_ID =>
          script("leave", node.name, {
            CLUSTER,
            GENERATION: context.generation,
            NODE_ID,
            DRAIN_SECONDS: drain,
          }),
        ),
      ),
      seconds: BOUNDS.LOCK_SECONDS + 2 * drain + 300,
      triggers: [node.identity, joined.stdout],
    },
    { deletedWith: context.args.lifetime },
  );
}
