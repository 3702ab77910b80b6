import type { FirewallArgs, SwarmOptions } from "../args";
import { swarmPorts } from "../ports";

/** An inbound rule of a DigitalOcean firewall. `tag` stands for the cluster's own tag. */
export interface InboundRule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** A port or range; none for icmp. */
  readonly portRange?: string;
  /** CIDR ranges, or the cluster's members. */
  readonly from: readonly string[] | "members";
}

const WORLD = ["0.0.0.0/0", "::/0"];
const PUBLISHED = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp))?$/;

/** A published port: `"8000-8100/udp"` is `{ portRange: "8000-8100", protocol: "udp" }`. `undefined` when malformed. */
export function parsePublished(text: string): { portRange: string; protocol: "tcp" | "udp" } | undefined {
  const match = PUBLISHED.exec(text);
  if (!match) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < 1 || last > 65535 || first > last) return undefined;
  return {
    portRange: first === last ? String(first) : `${first}-${last}`,
    protocol: match[3] === "udp" ? "udp" : "tcp",
  };
}

/** A port that is for some and never for everyone. */
export interface GuardedPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly what: string;
}

/** Ports that may not be published: their rules name who may reach them. */
export function guardedPorts(swarm: SwarmOptions = {}): GuardedPort[] {
  const { listen, dataPath: data } = swarmPorts(swarm);
  return [
    { port: 22, protocol: "tcp", what: "SSH (22/tcp; use `firewall.sshFrom`)" },
    { port: 2376, protocol: "tcp", what: "the Docker API (2376/tcp; use `firewall.dockerApiFrom`)" },
    { port: listen, protocol: "tcp", what: `the managers' port (${listen}/tcp)` },
    { port: 7946, protocol: "tcp", what: "the members' gossip (7946/tcp)" },
    { port: 7946, protocol: "udp", what: "the members' gossip (7946/udp)" },
    { port: data, protocol: "udp", what: `the containers' network (${data}/udp)` },
  ];
}

/** Whether a published port or range takes a guarded one in. */
export function covers(published: { portRange: string; protocol: string }, guarded: GuardedPort): boolean {
  const [first = "", last = first] = published.portRange.split("-");
  return (
    published.protocol === guarded.protocol && Number(first) <= guarded.port && guarded.port <= Number(last)
  );
}

/**
 * The cluster firewall's inbound rules. What no rule names is dropped.
 *
 * Ports between members: https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts
 */
export function inboundRules(firewall: FirewallArgs, swarm: SwarmOptions = {}): InboundRule[] {
  const ports = swarmPorts(swarm);
  const rules: InboundRule[] = [
    { protocol: "tcp", portRange: "22", from: firewall.sshFrom },
    { protocol: "tcp", portRange: String(ports.listen), from: "members" },
    { protocol: "tcp", portRange: "7946", from: "members" },
    { protocol: "udp", portRange: "7946", from: "members" },
    { protocol: "udp", portRange: String(ports.dataPath), from: "members" },
  ];
  if (firewall.dockerApiFrom?.length) {
    rules.push({ protocol: "tcp", portRange: "2376", from: firewall.dockerApiFrom });
  }
  for (const text of firewall.publish ?? []) {
    const published = parsePublished(text);
    if (published) rules.push({ ...published, from: WORLD });
  }
  return rules.filter(rule => rule.from.length > 0);
}

/** Everything may go out. DigitalOcean drops what no outbound rule allows. */
export const OUTBOUND_RULES: readonly {
  protocol: "tcp" | "udp" | "icmp";
  portRange?: string;
  to: readonly string[];
}[] = [
  { protocol: "tcp", portRange: "1-65535", to: WORLD },
  { protocol: "udp", portRange: "1-65535", to: WORLD },
  { protocol: "icmp", to: WORLD },
];
