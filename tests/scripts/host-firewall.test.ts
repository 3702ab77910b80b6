import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { bundle } from "../../components/swarm/bundle";

const SCRIPT = bundle("shared/host-firewall.sh");
const PORTS = "2377 7946 4789";
const temporary = mkdtempSync(path.join(tmpdir(), "host-firewall-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Asks in a network namespace of its own, where `rules` were run; `programs` are fakes on the PATH. */
async function ask(rules: string, programs: Readonly<Record<string, string>> = {}): Promise<string> {
  const bin = mkdtempSync(path.join(temporary, "bin-"));
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(path.join(bin, name), `#!/bin/bash\n${text}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  const script = `set -euo pipefail\n${rules}\n${SCRIPT}\nactive_host_firewall ${PORTS} || echo none`;
  const { exitCode, stdout, stderr } = await execa("unshare", ["--net", "bash", "-c", script], {
    reject: false,
    env: { PATH: `${bin}:${process.env.PATH ?? ""}:/usr/sbin:/sbin` },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n")).toHaveLength(1);
  return stdout;
}

test("a host without one", async () => {
  expect(await ask("true")).toBe("none");
});

test.each([
  ["a policy", "iptables -P INPUT DROP", "-P INPUT DROP"],
  [
    "a rule behind those that allow",
    "iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -A INPUT -j REJECT",
    "-A INPUT -j REJECT --reject-with icmp-port-unreachable",
  ],
  ["a rule for an interface", "iptables -A INPUT -i eth1 -j DROP", "-A INPUT -i eth1 -j DROP"],
  [
    "a rule for a port of the swarm's",
    "iptables -A INPUT -p udp --dport 4789 -j DROP",
    "-A INPUT -p udp -m udp --dport 4789 -j DROP",
  ],
  [
    "a rule for several, with a comment",
    "iptables -A INPUT -p tcp -m multiport --dports 80,7946,9000 -m comment --comment 'not -j ACCEPT' -j DROP",
    "-A INPUT -p tcp -m multiport --dports 80,7946,9000 -j DROP",
  ],
])("iptables with %s", async (_, rules, seen) => {
  expect(await ask(rules)).toBe(`iptables drops what comes in (see 'iptables -S INPUT': ${seen})`);
});

test.each([
  ["a rule for another port", "iptables -A INPUT -p tcp --dport 23771 -j DROP"],
  ["packets that belong to nothing", "iptables -A INPUT -m conntrack --ctstate INVALID -j DROP"],
  ["what the guard drops", "iptables -t mangle -A INPUT -i docker+ -p tcp --dport 2377 -j DROP"],
  ["what Docker forwards", "iptables -P FORWARD DROP"],
  [
    "the lab's cloud firewall",
    "nft -f - <<<'table inet cloud_firewall { chain inbound { type filter hook prerouting priority -150; drop; }; }'",
  ],
  [
    "an nftables chain that allows",
    "nft -f - <<<'table inet filter { chain input { type filter hook input priority 0; policy accept; tcp dport 22 accept; }; }'",
  ],
  [
    "a chain that forwards",
    "nft -f - <<<'table inet filter { chain forward { type filter hook forward priority 0; policy drop; }; }'",
  ],
])("is not: %s", async (_, rules) => {
  expect(await ask(rules)).toBe("none");
});

test.each([
  [
    "a policy",
    "table inet filter { chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept; }; }",
    "inet filter input",
  ],
  [
    "a last rule",
    "table ip filter { chain input { type filter hook input priority 0; iif lo accept; counter drop; }; }",
    "ip filter input",
  ],
])("nftables with %s", async (_, rules, chain) => {
  expect(await ask(`nft -f - <<<'${rules}'`)).toBe(
    `nftables drops what comes in (see 'nft list chain ${chain}')`,
  );
});

test("ufw, when it is active", async () => {
  expect(await ask("true", { ufw: "echo Status: active" })).toBe("ufw is active (see 'ufw status')");
  expect(await ask("true", { ufw: "echo Status: inactive" })).toBe("none");
});

test("firewalld, when it runs", async () => {
  expect(await ask("true", { "firewall-cmd": "exit 0" })).toBe(
    "firewalld is running (see 'firewall-cmd --list-all')",
  );
  expect(await ask("true", { "firewall-cmd": "exit 252" })).toBe("none");
});
