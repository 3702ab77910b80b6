import type * as pulumi from "@pulumi/pulumi";

import type { SwarmNode } from "./args";
import type { SwarmContext } from "./context";
import { script } from "./script";

/** What the managers know of a host, as `join.sh` takes it: `ID:ROLE ...`, `nothing`, or empty where they were not asked. */
export type Known = (node: SwarmNode) => pulumi.Output<string>;

/** For the first manager to join again, in seconds. */
const WAIT_SECONDS = 300;

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
        WAIT_SECONDS,
      }),
    ),
    seconds: WAIT_SECONDS + 240,
  });
  return ({ name, host }) =>
    stdout.apply(text => host.apply(({ hostname }) => knownOf(text, hostname, name)));
}

/**
 * What a list of `members.sh` says of one host: the nodes that have its hostname, or its name label.
 *
 * @param list - A line per node, `ID ROLE HOSTNAME NAME`, or nothing where nobody was asked.
 */
export function knownOf(list: string | undefined, hostname: string, name: string): string {
  const lines = (list ?? "").split("\n").filter(line => line !== "");
  if (lines.length === 0) return "";
  const own = lines
    .map(line => line.split(" "))
    .filter(([, , itsHostname, itsName]) => itsHostname === hostname || itsName === name)
    .map(([id, role]) => `${id}:${role}`);
  return own.length === 0 ? "nothing" : own.join(" ");
}
