import type Docker from "dockerode";

import type { Report } from "../engine/prerequisites";
import type { MetadataEndpoint } from "./hosts";

/** What `ContainerHosts` works with. */
export interface ContainerHostsOptions {
  readonly docker: Docker;
  /** The lab's name: the label of all that belongs to it. */
  readonly lab: string;
  /** Where the droplets' files are kept, user data among them. */
  readonly directory: string;
  /** Whether droplets may reach the world outside this machine; no by default. */
  readonly egress?: boolean;
  readonly metadata: MetadataEndpoint;
  /** How long a stock droplet's agents hold apt's and dpkg's locks at its first boot, in seconds each; 10 by default. */
  readonly agentSeconds?: number;
  /**
   * Readies what droplets get packages from, at this machine's address on the public network. Where they are not
   * `needed`, as the droplet has an engine, only what is there already.
   */
  readonly packages?: (gateway: string, needed: boolean, report: Report) => Promise<void>;
}
