import type * as pulumi from "@pulumi/pulumi";

/** Which of a node's addresses. */
export const NodeAddress = { Private: "private", Public: "public" } as const;
export type NodeAddress = (typeof NodeAddress)[keyof typeof NodeAddress];

/** Which of a node's addresses managers listen on. */
export const ListenAddress = { Any: "any", Private: "private", Public: "public" } as const;
export type ListenAddress = (typeof ListenAddress)[keyof typeof ListenAddress];

/**
 * Options of the swarm itself. Where nothing else is said they are decided when it is initialised: a later change has no
 * effect.
 */
export interface SwarmOptions {
  /** Which of a node's addresses the others are told. @default "private" */
  readonly advertise?: NodeAddress;
  /** Which of a node's addresses managers listen on. @default "any" */
  readonly listen?: ListenAddress;
  /** Port of the managers' API, 1024 to 65535. @default 2377 */
  readonly listenPort?: number;
  /** Which of a node's addresses carries the traffic of containers. @default the advertised one */
  readonly dataPath?: NodeAddress;
  /** UDP port of that traffic, 1024 to 49151. @default 4789 */
  readonly dataPathPort?: number;
  /**
   * Ranges that overlay networks are cut from. They must not overlap the VPC, nor another range that the first manager
   * has a route to. @default ["10.192.0.0/11"]
   */
  readonly addressPools?: pulumi.Input<pulumi.Input<string>[]>;
  /** Prefix length of each overlay network, up to 29. @default 24 */
  readonly addressPoolSize?: number;
  /** Raise by one to replace the workers' join token. A lower value is refused. @default 0 */
  readonly workerTokenRotation?: number;
  /** Raise by one to replace the managers' join token. A lower value is refused. @default 0 */
  readonly managerTokenRotation?: number;
  /**
   * For how many days a node's certificate is valid, 1 to 3650; nodes renew theirs in time. Applied in place.
   * @default 90
   */
  readonly certificateDays?: number;
  /**
   * URLs of CFSSL signing endpoints that sign the nodes' certificates in the swarm's place. A change replaces the
   * list; it cannot be emptied again. @default none
   */
  readonly externalCas?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Raise by one to replace the swarm's root CA: every node gets a new certificate and both join tokens change. Every
   * node must be up. A lower value is refused. @default 0
   */
  readonly caRotation?: number;
  /**
   * Keeps the key of the Raft logs off the managers' disks: a manager whose engine was restarted waits until it is
   * unlocked with the `unlockKey` output. Applied in place. @default false
   */
  readonly autolock?: boolean;
  /** Raise by one to replace the unlock key. A lower value is refused. @default 0 */
  readonly unlockKeyRotation?: number;
  /**
   * Any word or number. Another value holds the whole swarm against the program, over SSH: a host that takes itself for a
   * node that the managers do not know joins again, and every node gets its role, availability and labels back, whatever
   * was done to them by hand. @default none
   */
  readonly reconcile?: string;
  /**
   * Raise by one when the swarm cannot go on, as all managers, or more than half of them, are gone for good. If the first
   * manager has the swarm's state it becomes its only manager, and cluster ID, services and secrets stay; if it has none a
   * new swarm is initialised, and they are lost. All other nodes join again. A swarm that can go on stays as it is.
   * @default 0
   */
  readonly generation?: number;
}

/** Bounds on every wait, in seconds. */
export interface Timeouts {
  /** For SSH to answer: about so long where nobody answers, less where it is refused. @default 300 */
  readonly ssh?: number;
  /** From the first login until cloud-init is done and the Docker engine answers. @default 600 */
  readonly boot?: number;
  /** For a node to join, once it is ready. @default 300 */
  readonly join?: number;
  /** For tasks to stop on a node that leaves; then it goes all the same. @default 120 */
  readonly drain?: number;
}
