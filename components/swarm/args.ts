import type * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";

import type { SwarmRole } from "../nodes/node";
import type { SshProxyOptions } from "../ssh/args";
import type { SwarmOptions, Timeouts } from "./options";

/** What a host is called, and where it is. */
export interface HostFacts {
  /** The droplet's name, and the node's hostname in `docker node ls`. */
  readonly hostname: string;
  /** Where this program dials it. */
  readonly publicAddress: string;
  /** Where it has one. */
  readonly publicIpv6?: string;
  /** Where the other nodes find it, unless `swarm.advertise` says otherwise. */
  readonly privateAddress: string;
  /** The droplet's id, where the host is one. */
  readonly dropletId?: string;
}

/** A node as other stacks see it. */
export interface NodeOutput extends HostFacts {
  /** `manager-0`, `web-1` ... */
  readonly name: string;
  /** `manager` or `worker`. */
  readonly role: string;
  /** `manager`, or the name of the workers' pool. */
  readonly pool: string;
  /** The swarm's own ID of it. */
  readonly nodeId: string;
}

/** A host that is, or is to become, a node. */
export interface SwarmNode extends SwarmRole {
  /** Another value means another host: the node is joined anew and the old one leaves. */
  readonly identity: pulumi.Input<string>;
  /** In one Output: with a thousand nodes, most of the program's memory are Outputs. */
  readonly host: pulumi.Output<HostFacts>;
  /** OpenSSH public key (ed25519) by which the host is verified; without it any host is believed. */
  readonly hostKey?: pulumi.Input<string>;
}

/** How all hosts are reached. */
export interface SwarmSsh {
  /** Who logs in. Any other than root has sudo without a password. @default "root" */
  readonly user?: pulumi.Input<string>;
  /** In OpenSSH's or PEM form, without passphrase. */
  readonly privateKey: pulumi.Input<string>;
  /** Where their sshd listens, 1 to 65535. @default 22 */
  readonly port?: number;
  /** A bastion. @default none */
  readonly proxy?: SshProxyOptions;
}

/** What `Swarm` takes, whatever its options. */
export interface SwarmHosts {
  /** The first manager initialises the swarm; all nodes can be replaced, also that one. */
  readonly nodes: readonly SwarmNode[];
  readonly ssh: SwarmSsh;
  /**
   * Address that always leads to a manager, or will: it may be assigned when the output `firstManager` is known. All
   * managers share one host key where it is verified.
   */
  readonly controlAddress: pulumi.Input<string>;
  /** Has the control address, and is assigned to the first manager's droplet. @default the address is somebody else's business */
  readonly reservedIp?: digitalocean.ReservedIp;
  /**
   * A resource that is deleted only together with all hosts. While it stays, nodes leave in good order; when it goes,
   * no host is asked any more.
   */
  readonly lifetime: pulumi.Resource;
  /** The managers' Docker API over TLS. @default none */
  readonly dockerApi?: {
    /** Another number replaces the certificate authority and all certificates. */
    readonly renewal: number;
  };
}

/** Arguments of `Swarm`. */
export interface SwarmArgs extends SwarmHosts {
  readonly options?: SwarmOptions;
  readonly timeouts?: Timeouts;
}
