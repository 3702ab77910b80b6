import type * as pulumi from "@pulumi/pulumi";

import type { SwarmNode } from "./args";
import type { SwarmContext } from "./context";
import { script } from "./script";

/** What the managers know of a host, as `join.sh` takes it: `ID:ROLE ...`, `nothing`, or empty where they were not asked. */
export type Known = (node: SwarmNode) => pulumi.Output<string>;

/** For the first manager to join again, in seconds. */
const JOIN_SECONDS = 300;

/**
 * Asks the managers which nodes they know, when the program asks for it by another generation or another value of
 * `reconcile`. A host may take itself for a node that was removed by hand, or for one of a swarm that was given up.
 */
export function knownMembers(context: SwarmContext, clusterId: pulumi.Output<string>): Known {
  const { generation, reconcile } = context.settings;
  const { stdout } = context.run({
    name: "members",
    script: "members",
    at: "update",
    about: "swarm",
    on: "control",
    stdin: clusterId.apply(CLUSTER =>
      script("members", "control endpoint", {
        CLUSTER,
        ASKED: `${generation} ${reconcile}`,
        JOIN_SECONDS,
      }),
    ),
    seconds: JOIN_SECONDS + 240,
  });
  return ({ name, host }) =>
    stdout.apply(text => host.apply(({ hostname }) => knownOf(text, hostname, name)));
}

/** A node as `members.py` lists it. */
interface Listed {
  readonly id: string;
  readonly role: "manager" | "worker";
  readonly hostname: string;
  /** Of its name label; empty for a node that has none. */
  readonly name: string;
}

/**
 * What a list of `members.py` says of one host: the nodes that have its hostname, or its name label.
 *
 * @param list - JSON, or nothing where nobody was asked.
 */
export function knownOf(list: string | undefined, hostname: string, name: string): string {
  if (!list) return "";
  const own = (JSON.parse(list) as Listed[])
    .filter(listed => listed.hostname === hostname || listed.name === name)
    .map(({ id, role }) => `${id}:${role}`);
  return own.length === 0 ? "nothing" : own.join(" ");
}
