import type * as pulumi from "@pulumi/pulumi";

import type { Availability } from "./args";

/** Role of a node in the swarm. */
export type Role = "manager" | "worker";

/** A node as it is wanted: what the swarm makes of a host. */
export interface SwarmRole {
  /**
   * Unique in the swarm and stable: part of resource names and messages, and the stem of a droplet's hostname. `manager-0`,
   * `web-1`, `web-1-r2` in revision `r2`.
   */
  readonly name: string;
  /** What it is to be; a change promotes or demotes it in place. */
  readonly role: Role;
  /** Nodes of one pool get their labels and availability together. */
  readonly pool: string;
  /** Swarm node labels, applied in place. Labels set by hand stay. */
  readonly labels: pulumi.Input<Record<string, string>>;
  /** Whether it takes tasks, applied in place. */
  readonly availability: pulumi.Input<Availability>;
}

/** A node of a cluster, with the pool's and its own settings merged. */
export interface WantedNode extends SwarmRole {
  /** Its number in the pool. */
  readonly index: number;
  readonly size: pulumi.Input<string>;
  readonly image: pulumi.Input<string>;
  /** What is not said is off. */
  readonly monitoring?: pulumi.Input<boolean>;
  readonly backups?: pulumi.Input<boolean>;
  readonly ipv6?: pulumi.Input<boolean>;
}
