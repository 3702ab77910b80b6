import { renderRuleset } from "../../lab/hosts/firewall-ruleset";
import type { HostRule } from "../../lab/hosts/hosts";
import { renderMetadataRuleset } from "../../lab/hosts/metadata-ruleset";

const inbound = (...rules: HostRule[]) => renderRuleset({ rules: { inbound: rules, outbound: [] } });
const tcp = (ports: string, ...ranges: string[]): HostRule => ({ protocol: "tcp", ports, ranges });

test("no firewall means no table, also where there was one", () => {
  expect(renderRuleset({})).toBe("table inet cloud_firewall\ndelete table inet cloud_firewall\n");
});

test("a firewall without rules drops both directions, on the droplet's interfaces only", () => {
  const rules = inbound();
  expect(rules.match(/^ {4}drop$/gm)).toHaveLength(2);
  expect(rules).toContain('iifname != { "eth0", "eth1" } accept');
  expect(rules).toContain('oifname != { "eth0", "eth1" } accept');
});

test("inbound packets are judged after connection tracking and before destination NAT", () => {
  expect(inbound()).toContain("type filter hook prerouting priority -150");
});

test("the metadata service is reached whatever the rules are", () => {
  const [, outbound = ""] = inbound().split("chain outbound");
  expect(
    outbound
      .trim()
      .split("\n")
      .slice(-4)
      .map(line => line.trim()),
  ).toEqual(["ip daddr 169.254.169.254 tcp dport 80 accept", "drop", "}", "}"]);
});

test("its way: packets get the server's address after all else, answers the service's before all else", () => {
  const rules = renderMetadataRuleset({ address: "198.18.4.1", port: 8781 });
  expect(rules.startsWith("table ip metadata_service\ndelete table ip metadata_service\n")).toBe(true);
  expect(rules).toContain("hook postrouting priority 310");
  expect(rules).toContain("hook prerouting priority -450");
  expect(rules).toContain(
    "ip daddr 169.254.169.254 tcp dport 80 ip daddr set 198.18.4.1 tcp dport set 8781 accept",
  );
  expect(rules).toContain(
    'iifname "eth0" ip saddr 198.18.4.1 tcp sport 8781 ip saddr set 169.254.169.254 tcp sport set 80',
  );
});

test("the old table is replaced in the same transaction", () => {
  expect(
    inbound().startsWith("table inet cloud_firewall\ndelete table inet cloud_firewall\ntable inet"),
  ).toBe(true);
});

test.each([
  [tcp("22", "0.0.0.0/0"), "meta nfproto ipv4 tcp dport 22 accept"],
  [tcp("22", "::/0"), "meta nfproto ipv6 tcp dport 22 accept"],
  [tcp("8000-9000", "10.0.0.1"), "ip saddr { 10.0.0.1/32 } tcp dport 8000-9000 accept"],
  [tcp("all", "10.0.0.9/8"), "ip saddr { 10.0.0.0/8 } meta l4proto tcp accept"],
  [
    { protocol: "udp", ports: "4789", ranges: ["fd00::1"] },
    "ip6 saddr { fd00::1/128 } udp dport 4789 accept",
  ],
  [
    { protocol: "icmp", ports: "", ranges: ["10.0.0.0/8"] },
    "ip saddr { 10.0.0.0/8 } meta l4proto icmp accept",
  ],
  [{ protocol: "icmp", ports: "", ranges: ["::/0"] }, "meta nfproto ipv6 meta l4proto ipv6-icmp accept"],
] satisfies [HostRule, string][])("%j", (rule, expected) => {
  expect(inbound(rule)).toContain(`\n    ${expected}\n`);
});

test("outbound rules match the destination", () => {
  const rules = renderRuleset({ rules: { inbound: [], outbound: [tcp("443", "10.0.0.0/8")] } });
  expect(rules).toContain("ip daddr { 10.0.0.0/8 } tcp dport 443 accept");
});

test("ranges within others are left out: nft refuses overlapping elements", () => {
  expect(inbound(tcp("22", "10.1.0.0/16", "10.0.0.0/8", "10.0.0.0/8", "192.0.2.1"))).toContain(
    "ip saddr { 10.0.0.0/8, 192.0.2.1/32 } tcp",
  );
});

test("a rule without ranges allows nothing", () => {
  expect(inbound(tcp("22"))).not.toContain("dport 22");
});

test.each(["22 accept; drop", "9-8", "65536", "", "-1", "1-2-3"])("refuses the port %j", ports => {
  expect(() => inbound(tcp(ports, "0.0.0.0/0"))).toThrow("is not a port");
});

test.each(["0.0.0.0/0 } accept #", "10.0.0.0/33", "tag", ""])("refuses the range %j", range => {
  expect(() => inbound(tcp("22", range))).toThrow("is not an IPv4 or IPv6 range");
});
