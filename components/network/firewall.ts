import type * as pulumi from "@pulumi/pulumi";

import { type Report, textOf } from "../reader";
import type { FirewallRule } from "./args";
import { isWorld, parseCidr } from "./cidr";
import { DOCKER_API_PORT, GOSSIP_PORT, parsePorts, type PortRange, portText, type SwarmPorts } from "./ports";

/** The other side of a rule. */
export interface Peers {
  /** CIDR ranges. */
  readonly addresses?: readonly pulumi.Input<string>[];
  readonly tags?: readonly pulumi.Input<string>[];
  /** Ids. */
  readonly loadBalancers?: readonly pulumi.Input<string>[];
}

/** A rule of a DigitalOcean firewall. */
export interface Rule {
  readonly protocol: "tcp" | "udp" | "icmp";
  /** A port or range; none for icmp. */
  readonly portRange?: string;
  readonly peers: Peers | "members";
}

/** A rule that was asked for, parsed. */
export interface AskedRule {
  /** `undefined` for ICMP. */
  readonly ports?: PortRange;
  readonly peers: Peers;
}

/** What is asked of the firewall, parsed. */
export interface Firewall {
  readonly sshFrom: readonly string[];
  readonly dockerApiFrom: readonly string[];
  readonly publish: readonly PortRange[];
  readonly inbound: readonly AskedRule[];
  /** `undefined`: everything. */
  readonly outbound?: readonly AskedRule[];
}

/** A port that is for some and never for everyone. */
export interface GuardedPort extends PortRange {
  readonly what: string;
  /** It is for members alone. */
  readonly ofSwarm: boolean;
}

/** DigitalOcean's limits: https://docs.digitalocean.com/products/networking/firewalls/details/limits/ */
const MOST_RULES = 50;
const MOST_SOURCES = 1000;
const WORLD = ["0.0.0.0/0", "::/0"];
const tcp = (port: number): PortRange => ({ first: port, last: port, protocol: "tcp" });
const DOCKER_API = tcp(DOCKER_API_PORT);

/**
 * What members reach of each other, and nobody else:
 * https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts
 */
function memberPorts({ listen, dataPath }: SwarmPorts): GuardedPort[] {
  const port = (what: string, number: number, protocol: "tcp" | "udp") => ({
    what: `${what} (${number}/${protocol})`,
    ofSwarm: true,
    first: number,
    last: number,
    protocol,
  });
  return [
    port("the managers' port", listen, "tcp"),
    port("the members' gossip", GOSSIP_PORT, "tcp"),
    port("the members' gossip", GOSSIP_PORT, "udp"),
    port("the containers' network", dataPath, "udp"),
  ];
}

/** Ports that may not be published: their rules name who may reach them. */
export function guardedPorts(ports: SwarmPorts): GuardedPort[] {
  return [
    { ...tcp(ports.ssh), what: `SSH (${ports.ssh}/tcp; use \`firewall.sshFrom\`)`, ofSwarm: false },
    { ...DOCKER_API, what: "the Docker API (2376/tcp; use `firewall.dockerApiFrom`)", ofSwarm: false },
    ...memberPorts(ports),
  ];
}

/** CIDR ranges, where all of them are. */
export function parseRanges(ranges: readonly string[], report: Report): readonly string[] {
  ranges.forEach((range, i) => {
    if (!parseCidr(range)) report(`"${range}" is not a CIDR range such as \`203.0.113.7/32\``, `[${i}]`);
  });
  if (ranges.length > MOST_SOURCES) report(`has ${ranges.length} ranges; a rule takes ${MOST_SOURCES}`);
  return ranges;
}

/** Ports for everyone. */
export function parsePublished(texts: readonly string[], ports: SwarmPorts, report: Report): PortRange[] {
  return texts.flatMap((text, i) => {
    const published = parsePorts(textOf(text));
    if (!published) {
      report(`"${text}" is not a port such as \`80/tcp\`, \`443\` or \`8000-8100/udp\``, `[${i}]`);
      return [];
    }
    for (const guarded of guardedPorts(ports))
      if (meet(published, guarded)) report(`"${text}" opens ${guarded.what} to the world`, `[${i}]`);
    return [published];
  });
}

/** A further rule. Of the guarded ports, those of the swarm itself are for members alone, and no other is for the world. */
export function parseRule(
  rule: pulumi.Unwrap<FirewallRule>,
  direction: "inbound" | "outbound",
  ports: SwarmPorts,
  report: Report,
): AskedRule {
  const text = textOf(rule.ports);
  const range = text === "icmp" ? undefined : parsePorts(text);
  if (!range && text !== "icmp")
    report(`"${text}" is not a port such as \`80/tcp\` or \`8000-8100/udp\`, nor \`icmp\``, ".ports");
  const { addresses = [], tags = [], loadBalancers = [] } = rule;
  parseRanges(addresses, (reason, below = "") => report(reason, `.addresses${below}`));
  if (addresses.length + tags.length + loadBalancers.length === 0)
    report("names nobody: give it `addresses`, `tags` or `loadBalancers`");
  if (range && direction === "inbound")
    for (const guarded of guardedPorts(ports)) {
      if (!meet(range, guarded)) continue;
      if (guarded.ofSwarm)
        report(`"${text}" opens ${guarded.what} to others; members reach it in any case`, ".ports");
      else if (addresses.some(isWorld)) report(`"${text}" opens ${guarded.what} to the world`, ".ports");
    }
  return { ...(range ? { ports: range } : {}), peers: { addresses, tags, loadBalancers } };
}

/** The firewall's inbound rules. What no rule names is dropped. */
export function inboundRules(firewall: Firewall, ports: SwarmPorts): Rule[] {
  return [
    ruleOf(tcp(ports.ssh), { addresses: firewall.sshFrom }),
    ...memberPorts(ports).map(port => ruleOf(port, "members")),
    ...(firewall.dockerApiFrom.length > 0 ? [ruleOf(DOCKER_API, { addresses: firewall.dockerApiFrom })] : []),
    ...firewall.publish.map(port => ruleOf(port, { addresses: WORLD })),
    ...firewall.inbound.map(({ ports: range, peers }) => ruleOf(range, peers)),
  ];
}

/**
 * The firewall's outbound rules. What no rule names is dropped; members are reached in any case.
 *
 * @param control - Where nodes join, as a range: it is no member's own address.
 */
export function outboundRules(firewall: Firewall, ports: SwarmPorts, control: pulumi.Input<string>): Rule[] {
  const all: PortRange[] = [
    { first: 1, last: 65535, protocol: "tcp" },
    { first: 1, last: 65535, protocol: "udp" },
  ];
  if (!firewall.outbound) return [...all, undefined].map(range => ruleOf(range, { addresses: WORLD }));
  return [
    ...memberPorts(ports).map(port => ruleOf(port, "members")),
    ruleOf(tcp(ports.listen), { addresses: [control] }),
    ...firewall.outbound.map(({ ports: range, peers }) => ruleOf(range, peers)),
  ];
}

/** Notes that there are more rules than a firewall takes. */
export function countRules(rules: readonly Rule[], report: Report): void {
  if (rules.length > MOST_RULES)
    report(`makes ${rules.length} rules; a firewall takes ${MOST_RULES}. Join neighbouring ports to ranges`);
}

function ruleOf(range: PortRange | undefined, peers: Rule["peers"]): Rule {
  if (!range) return { protocol: "icmp", peers };
  return { protocol: range.protocol, portRange: portText(range), peers };
}

function meet(one: PortRange, other: PortRange): boolean {
  return one.protocol === other.protocol && one.first <= other.last && other.first <= one.last;
}
