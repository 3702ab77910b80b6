/**
 * The seam between the lab's API and the machines behind it.
 *
 * The API (lab/api) owns all records: ids, names, addresses, tags, rules, actions. A `Hosts` only makes the
 * machines match them. There are two: `ContainerHosts` boots containers, `NoHosts` boots nothing and is for
 * contract tests and for simulating clusters that are larger than this machine.
 */

/** One network interface of a host. */
export interface HostInterface {
  /** IPv4 address without prefix length. */
  readonly address: string;
  /** Prefix length, 0 to 32. */
  readonly prefix: number;
  /** Gateway address, where the network has one. */
  readonly gateway?: string;
}

/** A network that hosts are attached to: a VPC, or the lab's public network. */
export interface HostNetwork {
  /** The VPC's id, or `"public"`. */
  readonly id: string;
  /** CIDR range, e.g. `10.110.0.0/20`. */
  readonly range: string;
}

/** Where the lab's server answers for the metadata service, on the public network. */
export interface MetadataEndpoint {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
}

/** The hardware addresses of a host's interfaces, `02:42:...`. */
export interface HostMacs {
  readonly public: string;
  readonly private: string;
}

/** A file system that a volume can be created with. */
export type HostFilesystem = "ext4" | "xfs";

/** A new block storage volume, empty or with a file system. */
export interface HostVolumeSpec {
  /** The volume's id. */
  readonly id: string;
  /** In GiB. */
  readonly size: number;
  readonly filesystem?: HostFilesystem;
  /** The file system's label; may be empty. */
  readonly label: string;
}

/** A volume as a host has it: a block device at `/dev/disk/by-id/scsi-0DO_Volume_NAME`. */
export interface HostVolume {
  readonly id: string;
  readonly name: string;
  /**
   * Its file system, where the host is to mount it as DigitalOcean's images do when they see a volume for the first time:
   * at `/mnt/NAME`, hyphens as underscores, by a unit of systemd.
   */
  readonly mount?: HostFilesystem;
}

/** All that is needed to boot one host. */
export interface HostSpec {
  /** The droplet's id, unique within the lab. */
  readonly id: number;
  readonly hostname: string;
  /** The image's slug, or a snapshot's name; decides which root file system is booted. */
  readonly image: string;
  /** Cloud-init user data, as the API received it. May hold secrets: never logged. */
  readonly userData: string;
  /** OpenSSH public keys for root. */
  readonly sshKeys: readonly string[];
  /** Memory limit in MiB, from the droplet's size. */
  readonly memoryMiB: number;
  readonly publicInterface: HostInterface;
  /** A further address of the public interface, with its prefix length, where the droplet was created with IPv6. */
  readonly publicIpv6?: string;
  readonly privateInterface: HostInterface;
  /** The VPC's network. */
  readonly vpc: HostNetwork;
  /** The volumes that it has when it boots. */
  readonly volumes: readonly HostVolume[];
  /** The firewall that is in force from the first packet on; see {@link HostFirewall}. */
  readonly firewall: HostFirewall;
}

/** One direction's allowance, with every tag and droplet already resolved to addresses. */
export interface HostRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** `"22"`, `"8000-9000"`, or `"all"`; ignored for icmp. */
  readonly ports: string;
  /** CIDR ranges (IPv4 or IPv6) that may send (inbound) or be sent to (outbound). */
  readonly ranges: readonly string[];
}

/**
 * What a cloud firewall lets through. `undefined` rules mean that no firewall applies to the host: everything
 * passes, as on DigitalOcean. Otherwise what no rule allows is dropped, in each direction, for both interfaces.
 */
export interface HostFirewall {
  readonly rules?: { readonly inbound: readonly HostRule[]; readonly outbound: readonly HostRule[] };
}

/** What a running host is doing. */
export type HostState = "running" | "off" | "missing";

/** The machines behind the API. Every method is idempotent, and rejects with an `Error` that names the host. */
export interface Hosts {
  /** Readies what all hosts share: the image, the public network. `report` gets a line per step. */
  prepare(publicNetwork: HostNetwork, report: (line: string) => void): Promise<void>;
  createNetwork(network: HostNetwork): Promise<void>;
  removeNetwork(network: HostNetwork): Promise<void>;
  /**
   * Boots a host; resolves when its operating system runs, which is before cloud-init is done.
   * @throws If it does not stay up.
   */
  create(spec: HostSpec): Promise<void>;
  /** Removes a host with its disk. */
  remove(id: number): Promise<void>;
  powerOff(id: number): Promise<void>;
  /** Starts a host that is off, with `firewall` in force from the first packet on, and with these volumes. */
  powerOn(id: number, firewall: HostFirewall, volumes: readonly HostVolume[]): Promise<void>;
  state(id: number): Promise<HostState>;
  /** The interfaces' hardware addresses, if the host runs. */
  macs(id: number): Promise<HostMacs | undefined>;
  /** Replaces the firewall of a running host; a host that is off gets it at its next `powerOn`. */
  applyFirewall(id: number, firewall: HostFirewall): Promise<void>;
  /** Adds a reserved IP to the host's public interface. */
  attachAddress(id: number, address: string): Promise<void>;
  detachAddress(id: number, address: string): Promise<void>;
  /** Creates a volume that no host has. */
  createVolume(volume: HostVolumeSpec): Promise<void>;
  /** Removes a volume that no host has, with all that is on it. */
  removeVolume(id: string): Promise<void>;
  /** Makes a volume larger; a host that has it sees the new size, and its file system stays as it is. */
  resizeVolume(id: string, size: number): Promise<void>;
  /**
   * Gives a running host these volumes and takes away all others, as if they were pulled out: what a host has mounted of
   * one is of no use to it any more.
   */
  setVolumes(id: number, volumes: readonly HostVolume[]): Promise<void>;
}
