import type { Availability } from "../nodes/args";

/** A node as `reconcile-pool.py` reads it. */
export interface RosterEntry {
  readonly nodeId: string;
  readonly name: string;
  readonly availability: Availability;
  readonly labels: Readonly<Record<string, string>>;
}

/** An ID comes from the node itself, and the first manager gets it in a script: nothing but an ID may pass. */
const NODE_ID = /^[\w.-]+$/;

/**
 * A pool's nodes in JSON. Labels are in the order of their keys: order is no change.
 *
 * @throws If a node's host gave something else for its ID.
 */
export function rosterText(entries: readonly RosterEntry[]): string {
  return JSON.stringify(
    entries.map(({ nodeId, name, availability, labels }) => {
      if (!NODE_ID.test(nodeId))
        throw new Error(
          `${name}: its host gave ${JSON.stringify(nodeId.slice(0, 100))} for its node ID. Somebody may have got into it: look at the host, and replace the node`,
        );
      const sorted = Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1));
      return { id: nodeId, name, availability, labels: Object.fromEntries(sorted) };
    }),
  );
}
