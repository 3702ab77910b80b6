import type * as pulumi from "@pulumi/pulumi";

/**
 * A VPC for this cluster alone: `{}` makes one whose range DigitalOcean chooses. Decided once: what is in a VPC cannot be
 * moved. One is made only where its region has another already: DigitalOcean makes the first VPC of a region the
 * region's default, and never deletes that one.
 */
export interface VpcOptions {
  /** Id of an existing VPC of the same region, in place of a new one. It is left as it is. */
  readonly id?: pulumi.Input<string>;
  /**
   * Range of the new VPC: RFC 1918, /16 to /28, and no part of any other VPC of the account.
   * @default one that DigitalOcean chooses
   */
  readonly range?: pulumi.Input<string>;
}

/**
 * Who may reach the nodes from outside, and what the nodes may reach. Members reach each other in any case.
 *
 * @example
 * const firewall: FirewallOptions = {
 *   sshFrom: ["203.0.113.7/32"],
 *   publish: ["80/tcp", "443"],
 *   inbound: [{ ports: "8080/tcp", loadBalancers: [balancer.id] }, { ports: "icmp", addresses: ["203.0.113.0/24"] }],
 * };
 */
export interface FirewallOptions {
  /**
   * CIDR ranges that may reach SSH (22/tcp, or `ssh.port`). Wherever this program runs must be among them, or the bastion
   * that it goes through (`ssh.proxy`).
   */
  readonly sshFrom: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * CIDR ranges that may reach the managers' Docker API over TLS (2376/tcp). With the first range the API is turned on,
   * with the last one off; each time the managers' engines are restarted, one after the other. @default [] (off)
   */
  readonly dockerApiFrom?: pulumi.Input<string>[];
  /** Allows the world in `dockerApiFrom`. Whoever holds a client certificate is root. @default false */
  readonly allowWorldDockerApi?: boolean;
  /** Service ports open to everyone, as `port[-port][/tcp|/udp]`: `["80/tcp", "443"]`. @default [] */
  readonly publish?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * What else may come in, and from whom: a service port for a load balancer or an office, ICMP, SSH for a bastion's tag.
   * The swarm's own ports are not for others. @default []
   */
  readonly inbound?: FirewallRule[];
  /**
   * What nodes may reach outside of the cluster; anything else is dropped. They need DNS (53/tcp and 53/udp), the package
   * repositories (80/tcp and 443/tcp) and the registries of images. @default everything
   */
  readonly outbound?: FirewallRule[];
}

/** One rule of the firewall: ports, and at least one other side. */
export interface FirewallRule {
  /** `port[-port][/tcp|/udp]`, or `icmp`. */
  readonly ports: pulumi.Input<string>;
  /** CIDR ranges. @default [] */
  readonly addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** Droplets with one of these tags. @default [] */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids of load balancers. @default [] */
  readonly loadBalancers?: pulumi.Input<pulumi.Input<string>[]>;
}
