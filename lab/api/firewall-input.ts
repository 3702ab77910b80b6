/** What a firewall may be made of: DigitalOcean's schemas and limits. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { isAddressOrRange } from "./addresses";
import { ApiError, unprocessable } from "./errors";
import type { FirewallRecord, FirewallRule, RuleTarget } from "./records";
import type { Store } from "./store";
import { requireTags } from "./tagging";

/** DigitalOcean's published limits of one firewall. */
export const FIREWALL_LIMITS = { droplets: 10, tags: 5, rules: 50, entries: 1000 } as const;

/** A list that the provider may also send as `null`. */
function listOf<Item extends Parameters<typeof Type.Array>[0]>(item: Item) {
  return Type.Optional(Type.Union([Type.Array(item), Type.Null()]));
}

const Peers = Type.Object({
  addresses: listOf(Type.String()),
  droplet_ids: listOf(Type.Integer()),
  load_balancer_uids: listOf(Type.String()),
  kubernetes_ids: listOf(Type.String()),
  tags: listOf(Type.String()),
});
const base = { protocol: Type.String(), ports: Type.Optional(Type.String()) };
const Inbound = Type.Object({ ...base, sources: Peers });
const Outbound = Type.Object({ ...base, destinations: Peers });

/** The rules of a request. */
export const RulesBody = Type.Object({
  inbound_rules: listOf(Inbound),
  outbound_rules: listOf(Outbound),
});

/** The droplets of a request. */
export const DropletIdsBody = Type.Object({ droplet_ids: Type.Array(Type.Integer(), { minItems: 1 }) });

/** The tags of a request. */
export const TagsBody = Type.Object({ tags: Type.Array(Type.String(), { minItems: 1 }) });

/** A whole firewall, for creating and for replacing. */
export const FirewallBody = Type.Object({
  // The documentation's pattern asks for two characters at least.
  name: Type.String({ pattern: "^[a-zA-Z0-9][a-zA-Z0-9.-]+$", maxLength: 255 }),
  ...RulesBody.properties,
  droplet_ids: listOf(Type.Integer()),
  tags: listOf(Type.String()),
});

/** The changeable part of a firewall. */
export type FirewallContent = Pick<FirewallRecord, "name" | "inbound" | "outbound" | "dropletIds" | "tags">;

/** Both directions' rules. */
export type Rules = Pick<FirewallRecord, "inbound" | "outbound">;

/**
 * Reads a whole firewall.
 * @param self - The firewall that is being replaced, if any.
 * @throws 409 if the name is taken; 422 if a rule is invalid, a limit exceeded, or a droplet or tag does not exist.
 */
export function readFirewall(
  store: Store,
  body: Static<typeof FirewallBody>,
  self?: FirewallRecord,
): FirewallContent {
  if (store.firewalls.all().some(other => other.name === body.name && other !== self)) {
    throw new ApiError(409, "duplicate name");
  }
  const content: FirewallContent = {
    name: body.name,
    ...readRules(store, body),
    dropletIds: readDropletIds(store, body.droplet_ids ?? []),
    tags: requireTags(store, body.tags ?? []),
  };
  checkLimits(content);
  return content;
}

/** @throws 422 if a rule is invalid. */
export function readRules(store: Store, body: Static<typeof RulesBody>): Rules {
  return {
    inbound: (body.inbound_rules ?? []).map(rule => readRule(store, rule, rule.sources)),
    outbound: (body.outbound_rules ?? []).map(rule => readRule(store, rule, rule.destinations)),
  };
}

/** The ids, each once. @throws 422 if a droplet does not exist. */
export function readDropletIds(store: Store, ids: readonly number[]): number[] {
  const missing = ids.find(id => store.droplets.get(id) === undefined);
  if (missing !== undefined) throw unprocessable(`droplet ${missing} does not exist`);
  return [...new Set(ids)];
}

/** @throws 422 if a firewall has no rules, or more of anything than DigitalOcean allows. */
export function checkLimits(content: FirewallContent): void {
  const rules = [...content.inbound, ...content.outbound];
  if (rules.length === 0) throw unprocessable("at least one rule must be specified");
  checkCount("rules", rules.length, FIREWALL_LIMITS.rules);
  checkCount("droplets", content.dropletIds.length, FIREWALL_LIMITS.droplets);
  checkCount("tags", content.tags.length, FIREWALL_LIMITS.tags);
  for (const { target } of rules) {
    checkCount("entries in a rule", countEntries(target), FIREWALL_LIMITS.entries);
  }
}

function checkCount(what: string, count: number, limit: number): void {
  if (count > limit) throw unprocessable(`a firewall can have at most ${limit} ${what}, but has ${count}`);
}

function countEntries(target: RuleTarget): number {
  return Object.values(target as Record<string, unknown[]>).reduce((sum, list) => sum + list.length, 0);
}

function readRule(
  store: Store,
  rule: { protocol: string; ports?: string },
  target: Static<typeof Peers>,
): FirewallRule {
  const { protocol } = rule;
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "icmp") {
    throw unprocessable(`invalid protocol ${protocol}: tcp, udp and icmp are allowed`);
  }
  const { ports: sent = "" } = rule;
  // ICMP has no ports: none need be sent, and what is sent comes back.
  const ports = protocol === "icmp" && sent === "" ? "0" : readPorts(sent);
  return { protocol, ports, target: readTarget(store, target) };
}

/** `"0"` stands for all ports, in what is sent and, however it was sent, in what is answered. */
function readPorts(text: string): string {
  if (text === "all" || text === "0") return "0";
  const [, low, high] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const first = Number(low);
  const last = high === undefined ? first : Number(high);
  if (!(first >= 1 && first <= last && last <= 65535)) throw unprocessable(`invalid ports: "${text}"`);
  return text;
}

/** Lists that are empty are left out, as they are by the provider: it sees `[]` instead of nothing as a change. */
function readTarget(store: Store, sent: Static<typeof Peers>): RuleTarget {
  const target: RuleTarget = {};
  if (sent.addresses?.length) {
    const invalid = sent.addresses.find(address => !isAddressOrRange(address));
    if (invalid !== undefined) throw unprocessable(`invalid address: "${invalid}"`);
    target.addresses = sent.addresses;
  }
  if (sent.droplet_ids?.length) target.droplet_ids = readDropletIds(store, sent.droplet_ids);
  if (sent.load_balancer_uids?.length) {
    const missing = sent.load_balancer_uids.find(id => store.loadBalancers.get(id) === undefined);
    if (missing !== undefined) throw unprocessable(`load balancer ${missing} does not exist`);
    target.load_balancer_uids = [...new Set(sent.load_balancer_uids)];
  }
  if (sent.kubernetes_ids?.length) throw unprocessable("The lab has no Kubernetes clusters.");
  if (sent.tags?.length) target.tags = requireTags(store, sent.tags);
  if (countEntries(target) === 0) throw unprocessable("a rule must have at least one source or destination");
  return target;
}
