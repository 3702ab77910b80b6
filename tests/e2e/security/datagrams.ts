import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import type { Lab } from "../../../lab/lab";
import type { Place } from "./tcp";

/** A packet that needs no connection. */
export interface Datagram extends Place {
  /** Droplet that the place is on. */
  readonly hostname: string;
  readonly protocol: "udp" | "esp" | "icmp";
  /** Of udp. */
  readonly port?: number;
}

/** What became of it: see {@link sendFrom}. */
export type DatagramOutcome = "arrives" | "dropped" | "dropped at the sender" | "rejected" | "never came";

const PROGRAM = readFileSync(path.join(__dirname, "datagrams.py"), "utf8");
/** Packets are told apart by source port, SPI or identifier from here up: nothing else on the nodes uses these. */
const FIRST_MARK = 41_000;
let nextMark = FIRST_MARK;

/**
 * Sends packets from inside a droplet, with `prefix` from a part of it, and counts on their targets what came in front of the cloud firewall and behind
 * it: silence alone would not tell a packet that was dropped from one that was taken, or got lost on the way.
 */
export async function sendFrom(
  lab: Lab,
  hostname: string,
  datagrams: readonly Datagram[],
  prefix: readonly string[] = [],
): Promise<DatagramOutcome[]> {
  const marked = datagrams.map(datagram => ({ ...datagram, mark: nextMark++ }));
  const targets = [...new Set(marked.map(target => target.hostname))];
  try {
    for (const target of targets) {
      const rules = countingRules(marked.filter(one => one.hostname === target));
      await succeed(lab, target, ["bash", "-c", 'nft -f - <<<"$1"', "bash", rules]);
    }
    const packets = JSON.stringify(
      marked.map(({ protocol, address, port, mark }) => [protocol, address, port ?? 0, mark]),
    );
    const reactions = JSON.parse(
      await succeed(lab, hostname, [...prefix, "python3", "-c", PROGRAM, packets]),
    ) as string[];
    const counts = Object.assign(
      {},
      ...(await Promise.all(targets.map(target => readCounts(lab, target)))),
    ) as Readonly<Record<string, number>>;
    return marked.map(({ mark }, i) => {
      // The lab enforces a droplet's outbound rules in the droplet, where the sender is told.
      if (reactions[i] === "held back") return "dropped at the sender";
      if (!counts[`front${mark}`]) return "never came";
      if (counts[`behind${mark}`]) return "arrives";
      return reactions[i] === "silence" ? "dropped" : "rejected";
    });
  } finally {
    for (const target of targets) await lab.exec(target, ["nft", "delete", "table", "inet", "probe"]);
  }
}

/** Rules that count and do nothing else, right before and right after the cloud firewall's (-150). */
function countingRules(datagrams: readonly (Datagram & { readonly mark: number })[]): string {
  const chain = (name: string, priority: number) => [
    `chain ${name} {`,
    `type filter hook prerouting priority ${priority}; policy accept;`,
    ...datagrams.map(datagram => `${match(datagram)} counter name "${name}${datagram.mark}"`),
    "}",
  ];
  const counters = datagrams.flatMap(({ mark }) => [`counter front${mark} {}`, `counter behind${mark} {}`]);
  return ["table inet probe {", ...counters, ...chain("front", -160), ...chain("behind", -140), "}", ""].join(
    "\n",
  );
}

function match({ protocol, port, mark }: Datagram & { readonly mark: number }): string {
  switch (protocol) {
    case "udp":
      return `udp sport ${mark} udp dport ${port ?? 0}`;
    case "esp":
      return `esp spi ${mark}`;
    case "icmp":
      return `icmp type echo-request icmp id ${mark}`;
  }
}

async function readCounts(lab: Lab, hostname: string): Promise<Record<string, number>> {
  const text = await succeed(lab, hostname, ["nft", "-j", "list", "counters", "table", "inet", "probe"]);
  const { nftables } = JSON.parse(text) as {
    nftables: { counter?: { name: string; packets: number } }[];
  };
  return Object.fromEntries(
    nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter.packets]] : [])),
  );
}

async function succeed(lab: Lab, hostname: string, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.exec(hostname, command);
  assert.equal(code, 0, `${hostname}: ${stderr}`);
  return stdout;
}
