import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Role } from "../nodes/node";
import type { NodeOutput } from "./args";
import type { SwarmContext } from "./context";
import type { Member } from "./join";
import type { SwarmSettings } from "./resolve";
import { rosterText } from "./roster";
import { BOUNDS, script, type SwarmWide } from "./script";

/** Members that get their labels and availability together. */
export interface Pool {
  readonly name: string;
  readonly role: Role;
  readonly members: readonly Member[];
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
