import type * as pulumi from "@pulumi/pulumi";

import type { Availability, SwarmOptions, Timeouts } from "../args";

/** What a host is called, and where it is. */
export interface HostFacts {
  /** The droplet's name, and the node's hostname in `docker node ls`. */
  readonly hostname: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
}

/** A node as other stacks see it. */
export interface NodeOutput extends HostFacts {
  /** `manager-0`, `web-1` ... */
  readonly name: string;
  readonly nodeId: string;
}

/** A host that is, or is to become, a node. */
export interface SwarmNode {
  /** Unique and stable: part of resource names and messages. */
  readonly name: string;
  /** Another value means another host: the node is joined anew and the old one leaves. */
  readonly identity: pulumi.Input<string>;
  /** In one Output: with a thousand nodes, most of the program's memory are Outputs. */
  readonly host: pulumi.Output<HostFacts>;
  /** OpenSSH public key (ed25519) by which the host is verified; without it any host is believed. */
  readonly hostKey?: pulumi.Input<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly availability: Availability;
}

/** Nodes that are settled together. */
export interface SwarmPool {
  readonly name: string;
  readonly nodes: readonly SwarmNode[];
}

/** Arguments of `Swarm`. */
export interface SwarmArgs {
  /** The first of them initialises the swarm; all can be replaced, also that one. */
  readonly managers: SwarmPool;
  readonly workers: readonly SwarmPool[];
  readonly ssh: { readonly user: pulumi.Input<string>; readonly privateKey: pulumi.Input<string> };
  /**
   * Address that always leads to a manager, or will: it may be assigned when `firstManagerIn` is known. All managers
   * share one host key where it is verified.
   */
  readonly controlAddress: pulumi.Input<string>;
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
  readonly options?: SwarmOptions;
  readonly timeouts?: Timeouts;
}
