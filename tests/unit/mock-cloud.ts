import { unwrap } from "./unwrap";

export interface MockOptions {
  readonly preview?: boolean;
  /** Another number is another droplet (id, addresses) under the same name. */
  readonly generations?: Readonly<Record<string, number>>;
  /** What the cloud has, other than what the program asks for. */
  readonly droplets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What bootstrap found out. */
  readonly bootstrapped?: {
    readonly workerRotation?: number;
    readonly managerRotation?: number;
    readonly caRotation?: number;
  };
  /** Address that the swarm was born at; by default the first manager's present one. */
  readonly bornAt?: string;
  /** What the managers list when they are asked for the nodes that they know. */
  readonly members?: string;
  /** Hostname of the host that it was born on; by default the first manager's. */
  readonly bornOn?: string;
  /** What comes back of a new VPC. */
  readonly vpc?: { readonly ipRange?: string; readonly default?: boolean };
  /** What functions answer, by their last name: `getVpc`. */
  readonly answers?: Readonly<Record<string, (inputs: Record<string, unknown>) => object>>;
  /** Names of resources that take long: in this order, each until nothing else moves. */
  readonly slow?: readonly string[];
}

export const CLUSTER_ID = "cluster0000000000000000000";
export const COMMAND = "command:remote:Command";
export const DROPLET = "digitalocean:index/droplet:Droplet";

/** What functions answer where a test says nothing else. */
export const ANSWERS: NonNullable<MockOptions["answers"]> = {
  getVpc: ({ id = "the-default" }) => ({ id, region: "fra1", ipRange: "10.114.0.0/20" }),
};

/** A droplet's number, which its id and addresses are made from. */
export function serial(name: string, generation = 0): number {
  const [, pool = "", index = "0"] = /^.*?-([a-z]+)-(\d+)/.exec(name) ?? [];
  return (pool === "manager" ? 10 : 60) + Number(index) + 100 * generation;
}

/** A resource's id. */
export function idOf(type: string, name: string, { generations }: MockOptions): string {
  return type === DROPLET ? String(7000 + serial(name, generations?.[name])) : `${name}-id`;
}

/** What a resource has beside its inputs. */
export function outputs(
  type: string,
  name: string,
  given: Record<string, unknown>,
  options: MockOptions,
): Record<string, unknown> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return {
        publicKeyOpenssh: `ssh-ed25519 PUBLIC-${name}\n`,
        privateKeyOpenssh: `PRIVATE-${name}\n`,
        privateKeyPem: `KEY-${name}`,
      };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `REQUEST-${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `CERTIFICATE-${name}` };
    case "digitalocean:index/sshKey:SshKey":
      return { fingerprint: `fingerprint-${name}`, name };
    case "digitalocean:index/tag:Tag":
      return { name: `${name}-tag` };
    case "digitalocean:index/vpc:Vpc":
      return { ipRange: "10.116.0.0/20", default: false, ...given, ...options.vpc };
    case "digitalocean:index/reservedIp:ReservedIp":
      return { ipAddress: "198.51.100.1" };
    case DROPLET: {
      const generation = options.generations?.[name] ?? 0;
      const last = serial(name, generation);
      return {
        name: `${name}-${String(generation).padStart(7, "0")}`,
        dropletUrn: `do:droplet:${idOf(type, name, options)}`,
        ipv4Address: `203.0.113.${last}`,
        ipv4AddressPrivate: `10.110.0.${last}`,
        ipv6Address: given.ipv6 === true ? `2001:db8::${last}` : "",
        vpcUuid: given.vpcUuid ?? "the-default",
        ...options.droplets?.[name],
      };
    }
    case COMMAND:
      return { stdout: stdout(name, given, options) };
    default:
      return {};
  }
}

function stdout(
  name: string,
  inputs: Record<string, unknown>,
  { bootstrapped, bornAt, bornOn, members = "" }: MockOptions,
): string {
  if (/-bootstrap(-g\d+)?$/.test(name)) {
    const { workerRotation = 0, managerRotation = 0, caRotation = 0 } = bootstrapped ?? {};
    const address = bornAt ?? /ADVERTISE='(.*)'/.exec(plain(inputs.stdin))?.[1];
    const hostname = bornOn ?? /host="([^"]*)"/.exec(plain(inputs.stdin))?.[1];
    return JSON.stringify({
      clusterId: CLUSTER_ID,
      hostname,
      address,
      workerRotation,
      managerRotation,
      caRotation,
    });
  }
  if (/-token(-g\d+)?$/.test(name)) return `SWMTKN-1-first-${name}`;
  if (name.endsWith("-token-rotated")) return `SWMTKN-1-second-${name}`;
  if (name.endsWith("-members")) return members;
  if (name.endsWith("-unlock-key")) return "SWMKEY-1-demo";
  if (name.endsWith("-join"))
    return `id-of-${/"AdvertiseAddr":"([^"]*):/.exec(plain(inputs.stdin))?.[1] ?? "?"}`;
  return "";
}

const plain = (value: unknown) => String(unwrap(value, "", []));
