/** The cloud firewall's rules and real packets, between two network namespaces that stand for a droplet and all others. */
import { existsSync } from "node:fs";
import * as path from "node:path";

import execa from "execa";

import { renderRuleset } from "../../lab/hosts/firewall-ruleset";
import type { HostRule } from "../../lab/hosts/hosts";

const has = (command: string) =>
  execa.sync("sh", ["-c", `PATH=$PATH:/sbin:/usr/sbin; command -v ${command}`], { reject: false })
    .exitCode === 0;
const missing = [
  ...(process.getuid?.() === 0 ? [] : ["root"]),
  ...["ip", "nft", "python3"].filter(command => !has(command)),
  ...(existsSync("/proc/sys/net/ipv6") ? [] : ["IPv6"]),
  ...(execa.sync("unshare", ["--net", "--mount", "true"], { reject: false }).exitCode === 0
    ? []
    : ["network namespaces"]),
];
const real = missing.length === 0 ? test : test.skip;
const needs = missing.length === 0 ? "" : ` (this machine lacks ${missing.join(", ")})`;

const script = path.join(__dirname, "packets.py");
const droplet = `droplet-${process.pid}`;
const others = `others-${process.pid}`;
/** The others' addresses, on the public network and in the VPC; the droplet's end in 2. */
const OUTSIDE = "198.18.0.9";
const INSIDE = "10.114.0.9";
const OUTSIDE6 = "2001:db8::9";

const ip = (...args: string[]) => execa("ip", args);
const within = (space: string, ...command: string[]) => execa("ip", ["netns", "exec", space, ...command]);
const servers: execa.ExecaChildProcess[] = [];

beforeAll(async () => {
  if (missing.length > 0) return;
  for (const space of [droplet, others]) await ip("netns", "add", space);
  for (const [number, name] of ["eth0", "eth1"].entries()) {
    await ip("link", "add", name, "netns", droplet, "type", "veth", "peer", "name", name, "netns", others);
    for (const [space, last] of [
      [droplet, "2"],
      [others, "9"],
    ] as const) {
      await ip(
        "-n",
        space,
        "address",
        "add",
        `${number === 0 ? "198.18" : "10.114"}.0.${last}/24`,
        "dev",
        name,
      );
      if (number === 0) await ip("-n", space, "address", "add", `2001:db8::${last}/64`, "dev", name, "nodad");
      await ip("-n", space, "link", "set", name, "up");
    }
  }
  for (const space of [droplet, others]) {
    const server = within(space, "python3", script, "serve");
    servers.push(server);
    void server.catch(() => undefined);
    await new Promise((resolve, reject) => {
      server.stdout?.once("data", resolve);
      void server.once("exit", () => reject(new Error(`${space}: nobody answers`)));
    });
  }
});
afterAll(async () => {
  for (const server of servers) server.kill();
  await Promise.allSettled(servers);
  if (missing.length === 0) for (const space of [droplet, others]) await ip("netns", "delete", space);
});

const rule = (protocol: HostRule["protocol"], ports: string, ...ranges: string[]): HostRule => ({
  protocol,
  ports,
  ranges,
});
const apply = async (inbound: HostRule[], outbound: HostRule[]) => {
  const input = renderRuleset({ rules: { inbound, outbound } });
  await execa("ip", ["netns", "exec", droplet, "nft", "-f", "-"], { input });
};
/** What is expected to be answered gets all the time it needs. */
async function sees(from: string, expected: Record<string, "answered" | "silent">): Promise<void> {
  const outcomes = Object.entries(expected).map(async ([what, outcome]) => {
    const [protocol = "", address = "", port = "0"] = what.split(" ");
    const seconds = outcome === "answered" ? "30" : "2";
    const { stdout } = await within(from, "python3", script, "try", protocol, address, port, seconds);
    return [what, stdout];
  });
  expect(Object.fromEntries(await Promise.all(outcomes))).toEqual(expected);
}

real(`without a firewall everything passes${needs}`, async () => {
  await sees(droplet, { [`tcp ${OUTSIDE} 81`]: "answered", [`icmp ${OUTSIDE6}`]: "answered" });
  await sees(others, { "tcp 10.114.0.2 22": "answered", "icmp 198.18.0.2": "answered" });
});

real(`what no outbound rule allows stays inside, in the VPC too${needs}`, async () => {
  await apply([], [rule("tcp", "80", `${OUTSIDE}/32`), rule("udp", "all", "10.114.0.0/24")]);
  await sees(droplet, {
    [`tcp ${OUTSIDE} 80`]: "answered",
    [`tcp ${OUTSIDE} 81`]: "silent",
    [`tcp ${INSIDE} 80`]: "silent",
    [`tcp ${OUTSIDE6} 80`]: "silent",
    [`udp ${INSIDE} 53`]: "answered",
    [`udp ${OUTSIDE} 53`]: "silent",
    [`icmp ${OUTSIDE}`]: "silent",
  });
  // Its own containers and itself are no business of a cloud firewall's.
  await within(droplet, "ip", "link", "set", "lo", "up");
  await sees(droplet, { "tcp 127.0.0.1 81": "answered" });
});

real(`no outbound rule lets nothing out but answers${needs}`, async () => {
  await apply([rule("tcp", "22", "0.0.0.0/0", "::/0")], []);
  await sees(droplet, { [`tcp ${OUTSIDE} 80`]: "silent", [`udp ${INSIDE} 53`]: "silent" });
  await sees(others, {
    "tcp 198.18.0.2 22": "answered",
    "tcp 10.114.0.2 22": "answered",
    "tcp 2001:db8::2 22": "answered",
    "tcp 198.18.0.2 80": "silent",
    "icmp 198.18.0.2": "silent",
  });
});

real(`ICMP, each way and of both families, by address${needs}`, async () => {
  await apply([rule("icmp", "all", `${OUTSIDE}/32`)], [rule("icmp", "all", "::/0")]);
  await sees(others, {
    "icmp 198.18.0.2": "answered",
    "icmp 10.114.0.2": "silent",
    "icmp 2001:db8::2": "silent",
  });
  await sees(droplet, { [`icmp ${OUTSIDE6}`]: "answered", [`icmp ${OUTSIDE}`]: "silent" });
});
