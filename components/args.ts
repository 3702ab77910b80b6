import type * as pulumi from "@pulumi/pulumi";

/** Whether a node takes tasks: `active` does, `pause` takes no new ones, `drain` gives its tasks away. */
export type Availability = "active" | "pause" | "drain";

/**
 * What a node is made of. Counts, names and labels decide which resources there are, so they are plain values.
 *
 * A running droplet is never replaced or rebooted because one of `size`, `image`, `sshKeys` or the user data was
 * edited: the edit is ignored, a warning names the droplet, and it takes effect when `revision` changes.
 */
export interface NodeArgs {
  /**
   * Droplet size slug. @default "s-1vcpu-2gb"
   * A change takes effect with the next `revision`.
   */
  readonly size?: string;
  /**
   * Slug of a Debian or Ubuntu image, or the id of an image or snapshot: `195932981`. @default "ubuntu-24-04-x64"
   * A change takes effect with the next `revision`.
   */
  readonly image?: string | number;
  /** Swarm node labels. A change is applied in place. Labels set by hand stay. @default {} */
  readonly labels?: Readonly<Record<string, string>>;
  /** Applied in place. @default "active" */
  readonly availability?: Availability;
  /**
   * Any word or number of letters, digits and hyphens. Another value replaces the node: the new one joins before the
   * old one leaves. On a pool it replaces all of the pool's nodes in one update, on one node just that. @default none
   */
  readonly revision?: string | number;
}

/** A group of like nodes, numbered from 0. */
export interface PoolArgs extends NodeArgs {
  /** How many nodes. */
  readonly count: number;
  /**
   * Numbers that are not used, so that a node can go from the middle: with `count: 2, skip: [1]` the nodes are 0 and
   * 2. Lower `count` by one and add the number in the same edit, and only that node goes. @default []
   */
  readonly skip?: readonly number[];
  /** Differences of single nodes, by number. @default {} */
  readonly nodes?: Readonly<Record<string, NodeArgs>>;
}

/** The managers. */
export interface ManagerPoolArgs extends PoolArgs {
  /** 1, 3, 5 or 7. @default 3 */
  readonly count: number;
  /**
   * Allows 2, 4 or 6 managers, which tolerate no more failures than one manager less, and lose quorum more easily.
   * @default false
   */
  readonly allowEvenCount?: boolean;
}

/**
 * A VPC for this cluster alone: `{}` makes one whose range DigitalOcean chooses. Decided once: what is in a VPC cannot be
 * moved. One is made only where its region has another already: DigitalOcean makes the first VPC of a region the
 * region's default, and never deletes that one.
 */
export interface VpcArgs {
  /** Id of an existing VPC of the same region, in place of a new one. It is left as it is. */
  readonly id?: pulumi.Input<string>;
  /**
   * Range of the new VPC: RFC 1918, /16 to /28, and no part of any other VPC of the account.
   * @default one that DigitalOcean chooses
   */
  readonly range?: string;
}

/** Who may reach the nodes from outside. Members reach each other in any case. */
export interface FirewallArgs {
  /** CIDR ranges that may reach SSH (22/tcp). Wherever this program runs must be among them. */
  readonly sshFrom: readonly string[];
  /**
   * CIDR ranges that may reach the managers' Docker API over TLS (2376/tcp). With the first range the API is turned on,
   * with the last one off; each time the managers' engines are restarted, one after the other. @default [] (off)
   */
  readonly dockerApiFrom?: readonly string[];
  /** Allows the world in `dockerApiFrom`. Whoever holds a client certificate is root. @default false */
  readonly allowWorldDockerApi?: boolean;
  /** Service ports open to everyone, as `port[-port][/tcp|/udp]`: `["80/tcp", "443"]`. @default [] */
  readonly publish?: readonly string[];
}

/** The managers' Docker API over TLS, where `firewall.dockerApiFrom` lets anybody reach it. */
export interface DockerApiArgs {
  /**
   * Another number replaces the certificate authority and all certificates: what the old ones let in is refused. The
   * engines are restarted, one after the other. Certificates are valid for a year, and renewed by the `up`s of its last
   * 30 days. @default 0
   */
  readonly renewal?: number;
}

/** How people and this program log in. With nothing given there is a generated ed25519 pair for each cluster. */
export interface SshArgs {
  /**
   * Public key of one's own pair, in OpenSSH's form: RSA, ECDSA or Ed25519. It is put into the account, which takes a key
   * once: where it is there already, name it by `existingKey`.
   */
  readonly publicKey?: pulumi.Input<string>;
  /** Private key, in OpenSSH's or PEM form, without passphrase; with `publicKey` or `existingKey`. Kept as a secret. */
  readonly privateKey?: pulumi.Input<string>;
  /**
   * Id or fingerprint of a key that the account has, with its `privateKey`, in place of `publicKey`. It is left as it is.
   */
  readonly existingKey?: pulumi.Input<string | number>;
  /** Ids or fingerprints of further keys of the account, for droplets that are made from now on. @default [] */
  readonly additionalKeys?: readonly pulumi.Input<string | number>[];
}

/**
 * Options of the swarm itself. Where nothing else is said they are decided when it is initialised: a later change has no
 * effect.
 */
export interface SwarmOptions {
  /** Which of a node's addresses the others are told. @default "private" */
  readonly advertise?: "private" | "public";
  /** Which of a node's addresses managers listen on. @default "any" */
  readonly listen?: "any" | "private" | "public";
  /** Port of the managers' API, 1024 to 65535. @default 2377 */
  readonly listenPort?: number;
  /** Which of a node's addresses carries the traffic of containers. @default the advertised one */
  readonly dataPath?: "private" | "public";
  /** UDP port of that traffic, 1024 to 49151. @default 4789 */
  readonly dataPathPort?: number;
  /**
   * Ranges that overlay networks are cut from. They must not overlap the VPC, nor another range that the first manager
   * has a route to. @default ["10.192.0.0/11"]
   */
  readonly addressPools?: readonly string[];
  /** Prefix length of each overlay network, up to 29. @default 24 */
  readonly addressPoolSize?: number;
  /** Raise by one to replace the workers' join token. Going back to the first value is refused. @default 0 */
  readonly workerTokenRotation?: number;
  /** Raise by one to replace the managers' join token. Going back to the first value is refused. @default 0 */
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
  readonly externalCas?: readonly string[];
  /**
   * Raise by one to replace the swarm's root CA: every node gets a new certificate and both join tokens change. Every
   * node must be up. Going back to the first value is refused. @default 0
   */
  readonly caRotation?: number;
  /**
   * Keeps the key of the Raft logs off the managers' disks: a manager whose engine was restarted waits until it is
   * unlocked with the `unlockKey` output. Applied in place. @default false
   */
  readonly autolock?: boolean;
  /** Raise by one to replace the unlock key. @default 0 */
  readonly unlockKeyRotation?: number;
  /**
   * Asks for encrypted overlay networks (`--opt encrypted`), which is refused: they use ESP, an IP protocol that a
   * DigitalOcean firewall cannot allow, and would carry nothing from node to node. @default false
   */
  readonly encryptedOverlays?: boolean;
  /**
   * Any word or number. Another value holds the whole swarm against the program, over SSH: a host that takes itself for a
   * node that the managers do not know joins again, and every node gets its role, availability and labels back, whatever
   * was done to them by hand. @default none
   */
  readonly reconcile?: string | number;
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

/** Arguments of `SwarmCluster`. */
export interface SwarmClusterArgs {
  /** Region slug, e.g. `fra1`. It is decided once. */
  readonly region: string;
  readonly managers: ManagerPoolArgs;
  /** Worker pools by name. A name is part of hostnames: lower case letters, digits and hyphens. @default {} */
  readonly workers?: Readonly<Record<string, PoolArgs>>;
  readonly firewall: FirewallArgs;
  /** @default the default VPC of the region, as for droplets that are made by hand; the firewall keeps others out */
  readonly vpc?: VpcArgs;
  readonly dockerApi?: DockerApiArgs;
  readonly ssh?: SshArgs;
  readonly swarm?: SwarmOptions;
  /**
   * Docker engine of new nodes: `any` (what the image has, else Docker's newest), `distribution` (Debian's or Ubuntu's
   * package docker.io), or a version such as `28.5.1`. With the last two, another engine that the image has is replaced,
   * also a newer one or one that is held; its storage stays. A version that Docker's repository does not have for the
   * image's release fails, with those that it has. A change takes effect with the next `revision`. @default "any"
   */
  readonly dockerVersion?: string;
  /**
   * Where new nodes get Docker's packages from: a mirror of https://download.docker.com, or a proxy in front of it, with
   * the same paths (`/linux/debian/gpg` ...). http or https, without a slash at the end and without credentials, which
   * would be readable on every node. The key that verifies the packages comes from there too: whoever can change what
   * it answers chooses what runs on the nodes, and with http that is everybody on the way. A change takes effect with
   * the next `revision`. @default "https://download.docker.com"
   */
  readonly dockerMirror?: string;
  /**
   * Whether new nodes install security updates by themselves (unattended-upgrades). `image`: as the image has it, which
   * is on for Ubuntu. A change takes effect with the next `revision`. @default "image"
   */
  readonly securityUpdates?: "image" | "on" | "off";
  /** Further tags of the droplets, at most 4. @default [] */
  readonly tags?: readonly string[];
  readonly timeouts?: Timeouts;
}
