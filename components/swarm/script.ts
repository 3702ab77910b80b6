import { readFileSync } from "node:fs";
import * as path from "node:path";

/** The membership scripts beside this file, each with what it needs beside `lib.sh`: the state holds no more than that. */
const NEEDS = {
  bootstrap: ["host", "host-firewall", "pool-overlap"],
  token: ["manager"],
  "rotate-token": ["manager"],
  "rotate-ca": ["manager"],
  "unlock-key": ["manager"],
  join: ["host", "host-firewall", "port-responder"],
  members: ["manager"],
  settle: ["manager", "newcomers", "labels", "failed-joins", "removal", "predecessors"],
  leave: ["manager", "removal"],
  "docker-api": ["host", "manager", "quorum", "api-server"],
} as const;

/** A script's name. */
export type ScriptName = keyof typeof NEEDS;

/** Quotes a word for bash. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

const read = (name: string) =>
  readFileSync(path.join(__dirname, "scripts", `${name}.sh`), "utf8")
    .split("\n")
    .filter(line => !/^\s*(#|$)/.test(line))
    .join("\n");
const SOURCES = new Map<string, string>();

/**
 * A script with its variables, to be sent as the stdin of {@link command}. Sent that way it is not in the error of a
 * Command that fails, nor in `ps`, and may hold secrets. Comments stay behind, to keep the state small.
 *
 * @param parts - What it needs this time, beside what it always needs.
 */
export function script(
  name: ScriptName,
  node: string,
  variables: Readonly<Record<string, string | number>>,
  parts: readonly "api-server"[] = [],
): string {
  const files = ["lib", ...NEEDS[name], ...parts, name];
  const key = files.join();
  const source = SOURCES.get(key) ?? files.map(read).join("\n");
  SOURCES.set(key, source);
  const assignments = Object.entries<string | number>({ NODE: node, ...variables }).map(
    ([key, value]) => `${key}=${quote(String(value))}`,
  );
  // The script itself is on stdin: what it runs must not read on.
  return [...assignments, source, 'main "$@" </dev/null', ""].join("\n");
}

/**
 * The command line that runs a {@link script}: its words after `-s` are for people and are shown in errors. With a
 * socket as stdin bash takes itself for a login over the network, and would read `~/.bashrc`.
 */
export function command(name: ScriptName, node: string, seconds: number): string {
  return `timeout ${seconds} bash --norc -s ${name} ${node}`;
}
