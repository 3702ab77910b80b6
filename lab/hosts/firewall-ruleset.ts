/** The cloud firewall as nftables rules, for the droplet's own network namespace. */
import ipaddr from "ipaddr.js";

import type { HostFirewall, HostRule } from "./hosts";
import { METADATA_ADDRESS } from "./metadata-ruleset";

const TABLE = "table inet cloud_firewall";

/** Neighbour discovery is to IPv6 what ARP, which no rule here sees, is to IPv4: it works under any cloud firewall. */
const NEIGHBOURS =
  "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept";

/** The hypervisor answers for the metadata service, before any cloud firewall: an inference, and the unkind one. */
const METADATA = `ip daddr ${METADATA_ADDRESS} tcp dport 80 accept`;

/**
 * Renders a firewall as input for `nft -f`. It replaces the former rules in one transaction: no packet meets half of
 * either.
 *
 * Inbound packets are judged after connection tracking (-200) and before destination NAT (-100): the port that counts
 * is the one that was dialled, so published container ports are covered, as a cloud firewall outside the machine
 * covers them. What is not allowed is dropped without an answer.
 * @throws If a range, port or protocol is not of the documented form; none of them can smuggle in other rules.
 */
export function renderRuleset(firewall: HostFirewall): string {
  // Naming the table first makes the deletion succeed on a host that has none.
  const lines = [TABLE, `delete ${TABLE}`];
  if (firewall.rules !== undefined) {
    lines.push(
      `${TABLE} {`,
      ...renderChain("inbound", firewall.rules.inbound),
      ...renderChain("outbound", firewall.rules.outbound),
      "}",
    );
  }
  return `${lines.join("\n")}\n`;
}

function renderChain(direction: "inbound" | "outbound", rules: readonly HostRule[]): string[] {
  const [hook, priority, interfaceName, peer] =
    direction === "inbound"
      ? (["prerouting", -150, "iifname", "saddr"] as const)
      : (["postrouting", 50, "oifname", "daddr"] as const);
  return [
    `  chain ${direction} {`,
    `    type filter hook ${hook} priority ${priority}; policy accept;`,
    // Only what passes the droplet's own two interfaces: loopback and the networks of its containers are its own.
    `    ${interfaceName} != { "eth0", "eth1" } accept`,
    "    ct state established,related accept",
    `    ${NEIGHBOURS}`,
    ...(direction === "outbound" ? [`    ${METADATA}`] : []),
    ...rules.flatMap(rule => renderRule(rule, peer)).map(rule => `    ${rule}`),
    "    drop",
    "  }",
  ];
}

function renderRule(rule: HostRule, peer: "saddr" | "daddr"): string[] {
  const ranges = outermost(rule.ranges.map(parseCidr));
  return (["ipv4", "ipv6"] as const).flatMap(family => {
    const matching = ranges.filter(range => range.address.kind() === family);
    if (matching.length === 0) return [];
    return [`${matchPeer(matching, family, peer)} ${matchService(rule, family)} accept`];
  });
}

function matchPeer(ranges: readonly Cidr[], family: "ipv4" | "ipv6", peer: string): string {
  if (ranges.some(range => range.prefix === 0)) return `meta nfproto ${family}`;
  const elements = ranges.map(range => `${range.address.toString()}/${range.prefix}`);
  return `${family === "ipv4" ? "ip" : "ip6"} ${peer} { ${elements.join(", ")} }`;
}

function matchService(rule: HostRule, family: "ipv4" | "ipv6"): string {
  switch (rule.protocol) {
    case "icmp":
      return family === "ipv4" ? "meta l4proto icmp" : "meta l4proto ipv6-icmp";
    case "tcp":
    case "udp":
      return rule.ports === "all"
        ? `meta l4proto ${rule.protocol}`
        : `${rule.protocol} dport ${parsePorts(rule.ports)}`;
    default:
      throw new Error(`firewall rule: unknown protocol ${JSON.stringify(rule.protocol)}`);
  }
}

function parsePorts(ports: string): string {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(ports);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last || last > 65535) {
    throw new Error(`firewall rule: ${JSON.stringify(ports)} is not a port, a range of ports, or "all"`);
  }
  return first === last ? `${first}` : `${first}-${last}`;
}

interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  readonly prefix: number;
}

function parseCidr(text: string): Cidr {
  const cidr = text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(cidr)) {
    throw new Error(`firewall rule: ${JSON.stringify(text)} is not an IPv4 or IPv6 range`);
  }
  const [given, prefix] = ipaddr.parseCIDR(cidr);
  const network =
    given.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return { address: network, prefix };
}

/** Leaves out ranges that lie within another: nft refuses sets whose elements overlap. */
function outermost(ranges: readonly Cidr[]): Cidr[] {
  const kept: Cidr[] = [];
  for (const range of [...ranges].sort((a, b) => a.prefix - b.prefix)) {
    if (!kept.some(wider => covers(wider, range))) kept.push(range);
  }
  return kept;
}

function covers(wider: Cidr, range: Cidr): boolean {
  return wider.address.kind() === range.address.kind() && range.address.match(wider.address, wider.prefix);
}
