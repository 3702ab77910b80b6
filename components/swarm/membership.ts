import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Role } from "../nodes/node";
import { type EngineAddresses, engineAddresses } from "./addresses";
import type { NodeOutput, SwarmNode } from "./args";
import type { Bootstrap } from "./bootstrap";
import type { SwarmContext } from "./context";
import type { ServerFiles } from "./docker-api/docker-api";
import type { Known } from "./known-members";
import type { SwarmSettings } from "./resolve";
import { rosterText } from "./roster";
import { BOUNDS, script, type SwarmWide } from "./script";

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

/** Members that get their labels and availability together. */
export interface Pool {
  readonly name: string;
  readonly role: Role;
  readonly members: readonly Member[];
}

/**
 * Where the swarm was initialised and the control address never change, so that replacing a manager touches no other node. Only
 * the first manager has to know the others: while it is being replaced, the control address may lead nowhere.
 */
export function admissions(
  context: SwarmContext,
  bootstrapped: pulumi.Output<Bootstrap>,
  tokens: { readonly worker: pulumi.Output<string>; readonly manager: pulumi.Output<string> },
): { readonly ofFirstManager: pulumi.Output<Admission>; readonly ofOthers: pulumi.Output<Admission> } {
  const others = context.managers.filter(node => node !== context.firstManager);
  const addressesOf = (nodes: readonly SwarmNode[]) =>
    pulumi.all(
      nodes.map(({ host }) => host.apply(facts => engineAddresses(facts, context.settings).advertise)),
    );
  const control =
    context.settings.listen === "any"
      ? pulumi.all([pulumi.interpolate`${context.controlAddress}:${context.settings.ports.listen}`])
      : // Managers that listen on one address do not answer at the control address.
        addressesOf(context.managers);
  const admission = (token: pulumi.Output<string>, ...lists: pulumi.Output<string[]>[]) =>
    pulumi.all([bootstrapped, token, pulumi.all(lists)]).apply(([{ clusterId, address }, secret, rest]) => ({
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
  const { settings } = context;
  const { timeouts } = settings;
  const { admission, known, server } = details;
  const stdin = (files?: ServerFiles) =>
    admission.apply(({ clusterId, token, peers: addresses }) =>
      node.host.apply(facts =>
        known(node).apply(KNOWN => {
          const engine = engineAddresses(facts, settings);
          const others = addresses.filter(address => address !== engine.advertise);
          return script("join", node.name, {
            CLUSTER: clusterId,
            KIND: node.role,
            JOINS: others.map(peer => `${peer} ${joinRequest(engine, token, peer)}\n`).join(""),
            LISTEN: engine.listen,
            DATA_PATH_PORT: settings.ports.dataPath,
            BOOT_SECONDS: timeouts.boot,
            JOIN_SECONDS: timeouts.join,
            GENERATION: settings.generation,
            RECONCILE: settings.reconcile,
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
    identity: [node.identity],
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
export function reconcilePool(
  context: SwarmContext,
  { name, role, members }: Pool,
  clusterId: pulumi.Output<string>,
  firstManagerJoined: pulumi.Resource,
): remote.Command {
  const { settings } = context;
  const roster = members.map(({ node: { name, labels, availability }, joined }) =>
    pulumi.output({ name, labels, availability, nodeId: joined.stdout }),
  );
  const stdin = pulumi
    .all([clusterId, pulumi.all(roster), settings.externalCas])
    .apply(([CLUSTER, entries, externalCas]) =>
      script("reconcile-pool", name, {
        CLUSTER,
        ROLE: role,
        READY_SECONDS: BOUNDS.WAIT_SECONDS,
        LISTEN_PORT: settings.ports.listen,
        DATA_PATH_PORT: carriesOnSamePlane(settings) ? settings.ports.dataPath : 0,
        RECONCILE: settings.reconcile,
        ...(role === "manager" ? swarmWide(settings, externalCas) : {}),
        ROSTER: rosterText(entries),
      }),
    );
  return context.run(
    {
      name: `${name}-reconcile`,
      script: "reconcile-pool",
      about: name,
      on: context.firstManager,
      stdin,
      seconds: BOUNDS.LOCK_SECONDS + 420 + 60 * members.length,
    },
    { dependsOn: [firstManagerJoined] },
  );
}

/**
 * A node as other stacks see it, when its pool is reconciled. The pool's URN stands for that: in a preview it is known, and
 * so is what does not change about the node.
 */
export function nodeOutput({ node, joined }: Member, reconciled: remote.Command): pulumi.Output<NodeOutput> {
  return reconciled.urn.apply(() =>
    joined.stdout.apply(nodeId =>
      node.host.apply(facts => ({ ...facts, name: node.name, role: node.role, pool: node.pool, nodeId })),
    ),
  );
}

/** Whether the traffic of containers is carried by the address that the nodes know each other by. */
function carriesOnSamePlane({ advertise, dataPath = advertise }: SwarmSettings): boolean {
  return dataPath === advertise;
}

/** The settings of the swarm that can be changed while it lives, as `reconcile-pool.py` takes them. */
function swarmWide(settings: SwarmSettings, externalCas: readonly string[]): SwarmWide {
  return {
    CERT_HOURS: 24 * settings.certificateDays,
    AUTOLOCK: settings.autolock ? "true" : "false",
    EXTERNAL_CAS: externalCas.join(" "),
  };
}

/**
 * Takes a node out of the swarm: when it is removed, or when its host was replaced and the new one is reconciled. Until
 * it is deleted this Command does nothing. When the whole cluster goes it is not run.
 */
export function leave(
  context: SwarmContext,
  { node, joined }: Member,
  clusterId: pulumi.Output<string>,
): void {
  const { generation, timeouts } = context.settings;
  const { drain } = timeouts;
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
            GENERATION: generation,
            NODE_ID,
            DRAIN_SECONDS: drain,
          }),
        ),
      ),
      seconds: BOUNDS.LOCK_SECONDS + 2 * drain + 300,
      identity: [node.identity, joined.stdout],
    },
    { deletedWith: context.hosts.lifetime },
  );
}
