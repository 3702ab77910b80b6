/**
 * From cloud firewalls to what one host lets through: which firewalls apply to it, and which addresses their
 * rules mean. Pure: no I/O, no clock.
 *
 * As on DigitalOcean, a droplet's rules are the union of all firewalls that apply to it, by its id or by a tag. A
 * rule's droplets and tags stand for all addresses of these droplets: public, private, and reserved IPs they hold. Its load
 * balancers stand for theirs.
 */
import type { HostFirewall, HostRule } from "../hosts/hosts";
import { asRange } from "./addresses";
import type { FirewallRule, RuleTarget } from "./records";

/** The part of a droplet that firewalls look at. */
export interface Member {
  readonly id: number;
  readonly tags: readonly string[];
  /** Every address it can be reached at. */
  readonly addresses: readonly string[];
}

/** The part of a firewall that matters to hosts. */
export interface FirewallView {
  readonly id: string;
  readonly dropletIds: readonly number[];
  readonly tags: readonly string[];
  readonly inbound: readonly FirewallRule[];
  readonly outbound: readonly FirewallRule[];
}

/** The part of a load balancer that firewalls look at. */
export interface Balancer {
  readonly id: string;
  readonly addresses: readonly string[];
}

/** A host's firewall, and a text that differs whenever its content does. */
export interface ResolvedFirewall {
  readonly firewall: HostFirewall;
  readonly key: string;
}

/** Whether a firewall applies to a droplet. */
export function applies(
  firewall: Pick<FirewallView, "dropletIds" | "tags">,
  droplet: Pick<Member, "id" | "tags">,
): boolean {
  return firewall.dropletIds.includes(droplet.id) || firewall.tags.some(tag => droplet.tags.includes(tag));
}

/**
 * Resolves the firewall of every droplet.
 *
 * Droplets to which the same firewalls apply share one result: a cluster of a thousand nodes has a few kinds of
 * them, and its rules name a thousand addresses each.
 */
export function resolveFirewalls(
  firewalls: readonly FirewallView[],
  members: readonly Member[],
  balancers: readonly Balancer[] = [],
): Map<number, ResolvedFirewall> {
  const index = indexMembers(members, balancers);
  const byCombination = new Map<string, ResolvedFirewall>();
  const result = new Map<number, ResolvedFirewall>();
  for (const member of members) {
    const applying = firewalls.filter(firewall => applies(firewall, member));
    const combination = applying.map(firewall => firewall.id).join(",");
    let resolved = byCombination.get(combination);
    if (resolved === undefined) {
      const firewall = union(applying, index);
      resolved = { firewall, key: JSON.stringify(firewall) };
      byCombination.set(combination, resolved);
    }
    result.set(member.id, resolved);
  }
  return result;
}

interface MemberIndex {
  readonly byBalancer: ReadonlyMap<string, Balancer>;
  readonly byId: ReadonlyMap<number, Member>;
  readonly byTag: ReadonlyMap<string, readonly Member[]>;
}

function indexMembers(members: readonly Member[], balancers: readonly Balancer[]): MemberIndex {
  const byTag = new Map<string, Member[]>();
  for (const member of members) {
    for (const tag of member.tags) {
      const tagged = byTag.get(tag);
      if (tagged === undefined) byTag.set(tag, [member]);
      else tagged.push(member);
    }
  }
  return {
    byId: new Map(members.map(member => [member.id, member])),
    byTag,
    byBalancer: new Map(balancers.map(balancer => [balancer.id, balancer])),
  };
}

function union(firewalls: readonly FirewallView[], index: MemberIndex): HostFirewall {
  if (firewalls.length === 0) return {};
  const collect = (rules: (firewall: FirewallView) => readonly FirewallRule[]): HostRule[] =>
    firewalls.flatMap(rules).map(rule => resolveRule(rule, index));
  return {
    rules: {
      inbound: collect(firewall => firewall.inbound),
      outbound: collect(firewall => firewall.outbound),
    },
  };
}

function resolveRule(rule: FirewallRule, index: MemberIndex): HostRule {
  return {
    protocol: rule.protocol,
    // "0" is DigitalOcean's way to write all ports.
    ports: rule.ports === "0" ? "all" : rule.ports,
    ranges: resolveTarget(rule.target, index),
  };
}

function resolveTarget(target: RuleTarget, index: MemberIndex): string[] {
  const named = (target.droplet_ids ?? []).flatMap(id => index.byId.get(id) ?? []);
  const tagged = (target.tags ?? []).flatMap(tag => index.byTag.get(tag) ?? []);
  const balancers = (target.load_balancer_uids ?? []).flatMap(id => index.byBalancer.get(id) ?? []);
  const ranges = [
    ...(target.addresses ?? []),
    ...[...named, ...tagged, ...balancers].flatMap(member => member.addresses),
  ].map(asRange);
  // Sorted and without repetitions, so that a mere change of order is no change to the host.
  return [...new Set(ranges)].sort();
}
