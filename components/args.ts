import type * as pulumi from "@pulumi/pulumi";

import type { FirewallOptions, VpcOptions } from "./network/args";
import type { DaemonOptions, ManagerPoolOptions, PoolOptions, SecurityUpdates } from "./nodes/args";
import type { SshOptions } from "./ssh/args";
import type { SwarmOptions, Timeouts } from "./swarm/options";

/** The managers' Docker API over TLS, where `firewall.dockerApiFrom` lets anybody reach it. */
export interface DockerApiOptions {
  /**
   * Another number replaces the certificate authority and all certificates: what the old ones let in is refused. The
   * engines are restarted, one after the other. Certificates are valid for a year, and renewed by the `up`s of its last
   * 30 days. @default 0
   */
  readonly renewal?: number;
}

/**
 * Arguments of `SwarmCluster`.
 *
 * What decides which resources there are (counts, names, revisions, rotations) is known when the program starts. The rest
 * may be an Output of other resources; it is checked when it is known, before anything depends on it.
 *
 * @example
 * new SwarmCluster("prod", {
 *   region: "fra1",
 *   managers: { count: 3 },
 *   workers: { web: { count: 2, size: "s-2vcpu-4gb", labels: { tier: "web" } } },
 *   firewall: { sshFrom: ["203.0.113.7/32"], publish: ["80/tcp", "443/tcp"] },
 * });
 */
export interface SwarmClusterArgs {
  /** Region slug, e.g. `fra1`. It is decided once. */
  readonly region: pulumi.Input<string>;
  readonly managers: ManagerPoolOptions;
  /** Worker pools by name. A name is part of hostnames: lower case letters, digits and hyphens. @default {} */
  readonly workers?: Record<string, PoolOptions>;
  readonly firewall: FirewallOptions;
  /** @default the default VPC of the region, as for droplets that are made by hand; the firewall keeps others out */
  readonly vpc?: VpcOptions;
  readonly dockerApi?: DockerApiOptions;
  readonly ssh?: SshOptions;
  readonly swarm?: SwarmOptions;
  /**
   * Docker engine of new nodes: `any` (what the image has, else Docker's newest), `distribution` (Debian's or Ubuntu's
   * package docker.io), or a version such as `28.5.1`. With the last two, another engine that the image has is replaced,
   * also a newer one or one that is held; its storage stays. A version that Docker's repository does not have for the
   * image's release fails, with those that it has. A change takes effect with the next `revision`. @default "any"
   */
  readonly dockerVersion?: pulumi.Input<string>;
  /**
   * Where new nodes get Docker's packages from: a mirror of https://download.docker.com, or a proxy in front of it, with
   * the same paths (`/linux/debian/gpg` ...). http or https, without a slash at the end and without credentials, which
   * would be readable on every node. The key that verifies the packages comes from there too: whoever can change what
   * it answers chooses what runs on the nodes, and with http that is everybody on the way. A change takes effect with
   * the next `revision`. @default "https://download.docker.com"
   */
  readonly dockerMirror?: pulumi.Input<string>;
  /**
   * Whether new nodes install security updates by themselves (unattended-upgrades). `image`: as the image has it, which
   * is on for Ubuntu. A change takes effect with the next `revision`. @default "image"
   */
  readonly securityUpdates?: pulumi.Input<SecurityUpdates>;
  /** Docker engines of new nodes: logs, registries, metrics. @default logs are rotated, three files of 10 MB each */
  readonly daemon?: DaemonOptions;
  /**
   * What else new nodes are to do at their first boot: cloud-config, from `#cloud-config` on, or a script, from `#!` on.
   *
   * `bootcmd` and `write_files` come after the program's own. `runcmd`, or the script, runs as root before the Docker
   * engine is installed; a node joins when it is over, and where a command of it fails, `up` fails and says so. Other keys
   * are cloud-init's business; those of the program itself (SSH, the hostname, a reboot ...) are refused.
   *
   * It may be secret: it is encrypted in the state. On the node, root and processes of the host can read it, and
   * containers cannot. At most 40 KiB. A change takes effect with the next `revision`. @default none
   */
  readonly cloudInit?: pulumi.Input<string>;
  /** Further tags of the droplets, at most 4. @default [] */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Id of a DigitalOcean project that the droplets belong to, and the reserved IP with the one that holds it. A change
   * moves them. Left out again, they stay where they are. @default the account's default project, for new droplets
   */
  readonly project?: pulumi.Input<string>;
  readonly timeouts?: Timeouts;
}
