import type { Availability } from "../args";
import { quote } from "./script";

/** A node as `settle.sh` reads it. */
export interface RosterEntry {
  readonly nodeId: string;
  readonly name: string;
  readonly availability: Availability;
  readonly labels: Readonly<Record<string, string>>;
}

/** A line per node: `ID NAME AVAILABILITY KEY=VALUE...`. Labels are in the order of their keys: order is no change. */
export function rosterText(entries: readonly RosterEntry[]): string {
  return entries
    .map(({ nodeId, name, availability, labels }) =>
      [
        nodeId,
        name,
        availability,
        ...Object.entries(labels)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, value]) => quote(`${key}=${value}`)),
      ].join(" "),
    )
    .join("\n");
}
