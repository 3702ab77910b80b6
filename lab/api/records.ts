/**
 * What the lab's API remembers: plain JSON records, one kind per DigitalOcean resource. They are the lab's own
 * form; `shapes.ts` turns them into DigitalOcean's answers.
 */
import type { HostFilesystem } from "../hosts/hosts";

/** Which project something belongs to. */
export interface Assignment {
  readonly id: string;
  readonly since: string;
}

/** A project. */
export interface ProjectRecord {
  readonly id: string;
  name: string;
  description: string;
  purpose: string;
  /** May be empty. */
  environment: string;
  isDefault: boolean;
  /** When something was last moved away from it, in milliseconds since the epoch. */
  resourceLeftAt?: number;
  readonly createdAt: string;
  updatedAt: string;
}

/** An SSH key of the account. */
export interface KeyRecord {
  readonly id: number;
  name: string;
  /** As it was sent: the provider compares it with its input. */
  readonly publicKey: string;
  /** MD5 fingerprint, `aa:bb:...`. */
  readonly fingerprint: string;
}

/** A tag; which resources carry it is written on these. */
export interface TagRecord {
  readonly name: string;
}

/** A private network. */
export interface VpcRecord {
  readonly id: string;
  name: string;
  description: string;
  readonly region: string;
  /** CIDR range, e.g. `10.110.0.0/20`. */
  readonly range: string;
  isDefault: boolean;
  /** When the last droplet that left it was gone, in milliseconds since the epoch. */
  memberLeftAt?: number;
  /** ISO 8601, UTC, whole seconds, as all times here. */
  readonly createdAt: string;
}

/**
 * `new`, `active` and `off` are DigitalOcean's. `errored` is the lab's own: the host could not be booted. The
 * provider takes any status but `new` and `active` for a failed create, and says which it was.
 */
export type DropletStatus = "new" | "active" | "off" | "errored";

/** When a droplet's backups are made. */
export interface BackupPolicyRecord {
  readonly plan: "daily" | "weekly";
  /** Of the weekly plan: `SUN` to `SAT`. */
  readonly weekday?: "SUN" | "MON" | "TUE" | "WED" | "THU" | "FRI" | "SAT";
  /** When the window of four hours begins, UTC. */
  readonly hour: number;
}

/** A droplet. */
export interface DropletRecord {
  readonly id: number;
  name: string;
  readonly region: string;
  size: string;
  /** Disk size in GiB, which a resize without `disk` leaves as it was. */
  disk: number;
  /** The image's slug; a snapshot's id. */
  readonly image: string;
  /** May hold secrets: kept because a host is booted from it, never logged or answered. */
  readonly userData: string;
  /** The public keys themselves, as they were when the droplet was created. */
  readonly sshKeys: readonly string[];
  /** `backups`, `ipv6`, `monitoring`, `private_networking`, `droplet_agent`. */
  features: string[];
  /** Where backups are enabled. */
  backupPolicy?: BackupPolicyRecord;
  tags: string[];
  readonly vpcId: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
  status: DropletStatus;
  /** Its removal has been asked for; it is still listed until its host is gone. */
  deleting: boolean;
  /** It is a record only, with no machine behind it. */
  readonly hostless?: boolean;
  /** Absent: the project that there is from the beginning; the same for volumes and reserved IPs. */
  project?: Assignment;
  readonly createdAt: string;
}

/** What a firewall rule applies to, as it was sent; absent lists stay absent, as the provider wants them. */
export interface RuleTarget {
  addresses?: string[];
  droplet_ids?: number[];
  load_balancer_uids?: string[];
  tags?: string[];
}

/** One firewall rule of either direction. */
export interface FirewallRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** `"22"`, `"8000-9000"`, or `"0"` for all ports and, unless ports were sent, for icmp. */
  readonly ports: string;
  /** The rule's sources (inbound) or destinations (outbound). */
  readonly target: RuleTarget;
}

/** A cloud firewall. */
export interface FirewallRecord {
  readonly id: string;
  name: string;
  inbound: FirewallRule[];
  outbound: FirewallRule[];
  dropletIds: number[];
  tags: string[];
  readonly createdAt: string;
}

/** A reserved IP; the address is its id. */
export interface ReservedIpRecord {
  readonly ip: string;
  readonly region: string;
  /** The droplet that holds it, once the assignment is complete. */
  dropletId: number | null;
  /** The droplet that is about to hold it. */
  nextDropletId: number | null;
  /** An assignment or its end is under way. */
  locked: boolean;
  /** Where it belongs while no droplet holds it. */
  project?: Assignment;
}

/** A block storage volume. */
export interface VolumeRecord {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  /** In GiB. */
  size: number;
  readonly filesystem?: HostFilesystem;
  /** The file system's label; may be empty. */
  readonly label: string;
  tags: string[];
  /** The droplet that has it. */
  dropletId: number | null;
  /** The droplet that it is being attached to. */
  nextDropletId: number | null;
  /** Droplets mount a volume that was created with a file system, but only the first one that has it. */
  mounted: boolean;
  project?: Assignment;
  readonly createdAt: string;
}

/** A load balancer. The lab has no machine behind it; it is somebody else's, and there to be named in rules. */
export interface LoadBalancerRecord {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly vpcId: string;
  readonly publicAddress: string;
  /** Where its requests to droplets come from. */
  readonly privateAddress: string;
  readonly createdAt: string;
  project?: Assignment;
}

/** A running or finished operation. */
export interface ActionRecord {
  readonly id: number;
  readonly type: string;
  status: "in-progress" | "completed" | "errored";
  readonly startedAt: string;
  completedAt: string | null;
  readonly resourceType: "droplet" | "reserved_ip" | "volume";
  /** The droplet's id, the reserved IP as a number, as DigitalOcean gives it, or the volume's id. */
  readonly resourceId: number | string;
  readonly region: string;
  /** A droplet that is locked meanwhile, beside the resource itself. */
  readonly dropletId?: number;
}

/** Addresses of one pool that were used before. */
export interface PoolRecord {
  readonly id: string;
  /** In the order in which they were freed. One that is in use again stays here, where it does not count. */
  readonly freed: readonly string[];
}

/** Of what there can be seeded things, as the store names it. */
export type SeededKind = "keys" | "tags" | "vpcs" | "droplets" | "loadBalancers" | "firewalls";

/** A thing that was seeded. */
export interface SeededRecord {
  readonly kind: SeededKind;
  /** Its id; a tag's name. */
  readonly key: string | number;
  /** How it was. */
  readonly before: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** The whole state of a lab, as it is saved. */
export interface State {
  /** The form of this file; another number is refused. */
  readonly version: 1;
  /** The next droplet, key or action id. */
  nextId: number;
  keys: KeyRecord[];
  tags: TagRecord[];
  vpcs: VpcRecord[];
  droplets: DropletRecord[];
  firewalls: FirewallRecord[];
  reservedIps: ReservedIpRecord[];
  volumes: VolumeRecord[];
  projects: ProjectRecord[];
  loadBalancers: LoadBalancerRecord[];
  actions: ActionRecord[];
  pools: PoolRecord[];
  seeded: SeededRecord[];
}
