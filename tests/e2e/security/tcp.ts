import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";

import type { Lab } from "../../../lab/lab";
import type { AddressKind } from "./attempts";

/**
 * How a TCP port reacted: a connection, a reset (the packet was let in, and nothing listens), silence, or the address
 * is nobody's.
 */
export type TcpOutcome = "open" | "refused" | "dropped" | "unreachable";

/** An address of a node. */
export interface Place {
  /** `manager-0`. */
  readonly to: string;
  readonly at: AddressKind;
  readonly address: string;
}

/** A port at an address of a node. */
export interface TcpTarget extends Place {
  readonly port: number;
}

/** The program that tries ports, for `python3 -c`: every droplet has Python, as cloud-init needs it. */
export const TCP_PROGRAM = readFileSync(path.join(__dirname, "tcp.py"), "utf8");
const SECONDS = 2;

/** Every port at every place. */
export function everyPort(places: readonly Place[], ports: readonly number[]): TcpTarget[] {
  return places.flatMap(place => ports.map(port => ({ ...place, port })));
}

/** Tries all targets from inside a droplet, with `prefix` from a part of it, at once. */
export async function tryFrom(
  lab: Lab,
  hostname: string,
  targets: readonly TcpTarget[],
  prefix: readonly string[] = [],
): Promise<TcpOutcome[]> {
  const list = JSON.stringify(targets.map(({ address, port }) => [address, port]));
  const scan = ["python3", "-c", TCP_PROGRAM, "scan", list];
  const { code, stdout, stderr } = await lab.exec(hostname, [...prefix, ...scan]);
  assert.equal(code, 0, `${hostname} could not try ports: ${stderr}`);
  return JSON.parse(stdout) as TcpOutcome[];
}

/** Tries all targets from this machine, at once. */
export function tryFromHere(targets: readonly { address: string; port: number }[]): Promise<TcpOutcome[]> {
  return Promise.all(targets.map(({ address, port }) => tryOne(address, port)));
}

function tryOne(host: string, port: number): Promise<TcpOutcome> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    const settle = (outcome: TcpOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => settle("dropped"), SECONDS * 1000);
    socket.once("connect", () => settle("open"));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      settle(error.code === "ECONNREFUSED" || error.code === "ECONNRESET" ? "refused" : "unreachable"),
    );
  });
}
