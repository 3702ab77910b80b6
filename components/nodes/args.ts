import type * as pulumi from "@pulumi/pulumi";

/** Whether a node takes tasks: `active` does, `pause` takes no new ones, `drain` gives its tasks away. */
export const Availability = { Active: "active", Pause: "pause", Drain: "drain" } as const;
export type Availability = (typeof Availability)[keyof typeof Availability];

/** Whether a host installs security updates by itself: `image` leaves it as the image has it. */
export const SecurityUpdates = { Image: "image", On: "on", Off: "off" } as const;
export type SecurityUpdates = (typeof SecurityUpdates)[keyof typeof SecurityUpdates];

/**
 * What a node is made of.
 *
 * A running droplet is never replaced or rebooted because one of `size`, `image`, `monitoring`, `ipv6`, `sshKeys` or the
 * user data was edited: the edit is ignored, a warning names the droplet, and it takes effect when `revision` changes.
 */
export interface NodeOptions {
  /**
   * Droplet size slug. @default "s-1vcpu-2gb"
   * A change takes effect with the next `revision`.
   */
  readonly size?: pulumi.Input<string>;
  /**
   * Slug of a Debian or Ubuntu image, or the id of an image or snapshot: `195932981`. @default "ubuntu-24-04-x64"
   * A change takes effect with the next `revision`.
   */
  readonly image?: pulumi.Input<string>;
  /**
   * Whether DigitalOcean's agent for metrics is installed, for graphs of memory and disk, and for alerts.
   * A change takes effect with the next `revision`. @default false
   */
  readonly monitoring?: pulumi.Input<boolean>;
  /**
   * Whether DigitalOcean makes backups of the droplet's disk, every day, and keeps them for a week; they cost a part of
   * the droplet's price. A manager's disk has the swarm's state, which a swarm that goes on has in its other managers: a
   * backup of it is for a disaster. A change is applied in place. @default false
   */
  readonly backups?: pulumi.Input<boolean>;
  /**
   * Whether the droplet has a public IPv6 address beside its IPv4 one; `publicIpv6` of the outputs says which. The swarm
   * itself stays on IPv4. It cannot be turned off again on a droplet, and turning it on needs work inside of it:
   * a change takes effect with the next `revision`. @default false
   */
  readonly ipv6?: pulumi.Input<boolean>;
  /** Swarm node labels. A change is applied in place. Labels set by hand stay. @default {} */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Applied in place. @default "active" */
  readonly availability?: pulumi.Input<Availability>;
  /**
   * Any word or number of letters, digits and hyphens. Another value replaces the node: the new one joins before the
   * old one leaves. On a pool it replaces all of the pool's nodes in one update, on one node just that. @default none
   */
  readonly revision?: string;
}

/**
 * A group of like nodes, numbered from 0.
 *
 * @example
 * const web: PoolOptions = {
 *   count: 3,
 *   size: "s-2vcpu-4gb",
 *   labels: { tier: "web" },
 *   revision: "r2",
 *   nodes: { "0": { availability: "drain" } },
 * };
 */
export interface PoolOptions extends NodeOptions {
  /** How many nodes. */
  readonly count: number;
  /**
   * Numbers that are not used, so that a node can go from the middle: with `count: 2, skip: [1]` the nodes are 0 and
   * 2. Lower `count` by one and add the number in the same edit, and only that node goes. @default []
   */
  readonly skip?: number[];
  /** Differences of single nodes, by number. @default {} */
  readonly nodes?: Record<string, NodeOptions>;
}

/** The managers. */
export interface ManagerPoolOptions extends PoolOptions {
  /** How many managers: 1, 3, 5 or 7. */
  readonly count: number;
  /**
   * Allows 2, 4 or 6 managers, which tolerate no more failures than one manager less, and lose quorum more easily.
   * @default false
   */
  readonly allowEvenCount?: boolean;
}

/**
 * Docker engines of new nodes: what their `/etc/docker/daemon.json` has. A file that the image has is kept, but for the
 * keys that are said here. Root on a node can read it. A change takes effect with the next `revision`.
 */
export interface DaemonOptions {
  /**
   * What keeps the output of containers that ask for nothing else: `json-file`, `local`, `journald`, `syslog` ...
   * https://docs.docker.com/engine/logging/configure/ @default what the image's daemon.json has, else "json-file"
   */
  readonly logDriver?: pulumi.Input<string>;
  /**
   * Options of that driver. Of `json-file` and `local`, those that are left out are the default: three files of 10 MB
   * for each container, where Docker's own default for `json-file` grows until the disk is full.
   * @default what the image's daemon.json has, else { "max-size": "10m", "max-file": "3" }
   */
  readonly logOptions?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Addresses of mirrors of Docker Hub, `https://mirror.example`, asked before it. @default [] */
  readonly registryMirrors?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Registries that are asked without TLS, or with a certificate that nobody verifies: `registry.example:5000`, or CIDR
   * ranges. Whoever is on the way chooses what runs on the nodes. @default []
   */
  readonly insecureRegistries?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Where the engine answers with its metrics for Prometheus, without asking who it is: `127.0.0.1:9323`, or
   * `0.0.0.0:9323` for whoever the firewall lets in. Docker before 23 needs `raw: { experimental: true }`, too.
   * @default none
   */
  readonly metricsAddress?: pulumi.Input<string>;
  /** Labels of the engine, `engine.labels` in a service's constraints. Those of a swarm's node are `labels`. @default {} */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Further keys, by their names in the file: `{ "default-address-pools": [...] }`. What a swarm or this program cannot
   * do with is refused: `live-restore`, `hosts`, TLS, `containerd` ...
   * https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file @default {}
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the schema has no `unknown`
  readonly raw?: pulumi.Input<Record<string, any>>;
}
