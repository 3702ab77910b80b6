/** Ports of one protocol, from the first to the last. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly protocol: "tcp" | "udp";
}

/** The ports of a node that can be chosen. */
export interface SwarmPorts {
  /** For SSH, TCP. */
  readonly ssh: number;
  /** The managers' API, TCP. */
  readonly listen: number;
  /** The traffic of containers, UDP. */
  readonly dataPath: number;
}

export const DOCKER_API_PORT = 2376;
/** By which members find each other, TCP and UDP. It cannot be chosen. */
export const GOSSIP_PORT = 7946;

const TEXT = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/;

/** Parses `port[-port][/tcp|/udp]`: `8000-8100/udp`. `undefined` where it is malformed. */
export function parsePorts(text: string): PortRange | undefined {
  const match = TEXT.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65535 || first > last) return undefined;
  return { first, last, protocol: match[3] === "udp" ? "udp" : "tcp" };
}

/** The ports as DigitalOcean's firewalls take them: `80` or `8000-8100`. */
export function portText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** The ports of a swarm's options, by default Docker's own: 2377/tcp and 4789/udp. */
export function swarmPorts(
  options: { listenPort?: number; dataPathPort?: number } = {},
  ssh = 22,
): SwarmPorts {
  return { ssh, listen: options.listenPort ?? 2377, dataPath: options.dataPathPort ?? 4789 };
}
