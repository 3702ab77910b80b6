import { applies, type FirewallView, type Member, resolveFirewalls } from "../../lab/api/firewall-rules";
import type { FirewallRule, RuleTarget } from "../../lab/api/records";

const member = (id: number, tags: string[], ...addresses: string[]): Member => ({ id, tags, addresses });
const tcp = (ports: string, target: RuleTarget): FirewallRule => ({ protocol: "tcp", ports, target });
const firewall = (id: string, more: Partial<FirewallView>): FirewallView => ({
  id,
  dropletIds: [],
  tags: [],
  inbound: [],
  outbound: [],
  ...more,
});

const manager = member(1, ["swarm", "manager"], "198.18.0.2", "10.0.0.2");
const worker = member(2, ["swarm"], "198.18.0.3", "10.0.0.3");
const stranger = member(3, [], "198.18.0.4", "10.0.0.4");
const all = [manager, worker, stranger];

const inboundOf = (firewalls: FirewallView[], id: number, members = all) =>
  resolveFirewalls(firewalls, members).get(id)?.firewall.rules?.inbound;

test("a droplet without a firewall has no rules at all, so everything passes", () => {
  const resolved = resolveFirewalls([firewall("a", { tags: ["swarm"] })], all);
  expect(resolved.get(stranger.id)?.firewall).toEqual({});
});

test("a firewall without inbound rules lets nothing in", () => {
  expect(inboundOf([firewall("a", { tags: ["swarm"] })], worker.id)).toEqual([]);
});

test("a firewall applies by id or by tag", () => {
  expect(applies({ dropletIds: [3], tags: [] }, stranger)).toBe(true);
  expect(applies({ dropletIds: [], tags: ["manager", "other"] }, manager)).toBe(true);
  expect(applies({ dropletIds: [1], tags: ["manager"] }, worker)).toBe(false);
});

test("a tag stands for the public and private addresses of all who carry it", () => {
  const rules = inboundOf(
    [firewall("a", { tags: ["manager"], inbound: [tcp("2377", { tags: ["swarm"] })] })],
    manager.id,
  );
  expect(rules).toEqual([
    {
      protocol: "tcp",
      ports: "2377",
      ranges: ["10.0.0.2/32", "10.0.0.3/32", "198.18.0.2/32", "198.18.0.3/32"],
    },
  ]);
});

test("a load balancer stands for its addresses, and one that is gone for none", () => {
  const target = { load_balancer_uids: ["front", "gone"] };
  const [wall] = [firewall("a", { dropletIds: [1], inbound: [tcp("80", target)] })];
  const balancers = [{ id: "front", addresses: ["198.18.0.9", "10.0.0.9"] }];
  const resolved = resolveFirewalls([wall], all, balancers).get(1);
  expect(resolved?.firewall.rules?.inbound[0]?.ranges).toEqual(["10.0.0.9/32", "198.18.0.9/32"]);
});

test("a droplet stands for all its addresses, a reserved IP included, and one that is gone for none", () => {
  const holder = member(2, ["swarm"], "198.18.0.3", "10.0.0.3", "198.18.0.254");
  const target = { droplet_ids: [2, 99] };
  const rules = inboundOf([firewall("a", { dropletIds: [1], inbound: [tcp("22", target)] })], 1, [
    manager,
    holder,
  ]);
  expect(rules?.[0]?.ranges).toEqual(["10.0.0.3/32", "198.18.0.254/32", "198.18.0.3/32"]);
});

test("addresses become ranges, of both families, and repetitions go", () => {
  const addresses = ["192.0.2.7", "0.0.0.0/0", "::/0", "2001:db8::1", "192.0.2.7/32"];
  const rules = inboundOf([firewall("a", { dropletIds: [1], inbound: [tcp("0", { addresses })] })], 1);
  expect(rules).toEqual([
    { protocol: "tcp", ports: "all", ranges: ["0.0.0.0/0", "192.0.2.7/32", "2001:db8::1/128", "::/0"] },
  ]);
});

test("several firewalls add up", () => {
  const rules = inboundOf(
    [
      firewall("a", { tags: ["swarm"], inbound: [tcp("22", { addresses: ["192.0.2.1"] })] }),
      firewall("b", { dropletIds: [1], inbound: [tcp("80", { addresses: ["0.0.0.0/0"] })] }),
    ],
    manager.id,
  );
  expect(rules?.map(rule => rule.ports)).toEqual(["22", "80"]);
});

test("the key changes with a member's address, and not with the order of members", () => {
  const firewalls = [firewall("a", { tags: ["manager"], inbound: [tcp("1", { tags: ["swarm"] })] })];
  const keyOf = (members: Member[]) => resolveFirewalls(firewalls, members).get(manager.id)?.key;
  const before = keyOf([manager, worker]);
  expect(keyOf([worker, manager])).toBe(before);
  expect(keyOf([manager, worker, member(4, ["swarm"], "10.0.0.9")])).not.toBe(before);
});

test("a thousand members with a common firewall are resolved once", () => {
  const members = Array.from({ length: 1000 }, (_, id) =>
    member(id, ["swarm"], `10.0.${id >> 8}.${id & 255}`, `198.18.${id >> 8}.${id & 255}`),
  );
  const resolved = resolveFirewalls(
    [firewall("a", { tags: ["swarm"], inbound: [tcp("7946", { tags: ["swarm"] })] })],
    members,
  );
  expect(new Set(resolved.values()).size).toBe(1);
  expect(resolved.get(0)?.firewall.rules?.inbound[0]?.ranges).toHaveLength(2000);
});
