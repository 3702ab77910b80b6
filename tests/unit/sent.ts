import type { Recording } from "./mocks";

/** The words that a Command's script is sent with, by their names in the contract; numbers as texts. */
export function sentTo(world: Recording, name: string): Readonly<Record<string, string | undefined>> {
  return words(String(world.get(name).inputs.stdin));
}

/** Whether a script is bash; else it is Python. */
export const isShell = (text: string) => text.startsWith("NODE='");

/** The words that a script is sent with. */
export function words(text: string): Readonly<Record<string, string | undefined>> {
  if (isShell(text)) {
    const [head = ""] = text.split("\nset -euo pipefail\n");
    const found = [...head.matchAll(/^([A-Z_]+)='((?:[^']|'\\'')*)'$/gm)];
    return Object.fromEntries(found.map(([, key = "", value = ""]) => [key, value.replaceAll(`'\\''`, "'")]));
  }
  const [, call = ""] = /\nrun\(main, ([^]*)\)\n$/.exec(text) ?? [];
  const found = [...call.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\d+)/g)];
  return Object.fromEntries(
    found.map(([, key = "", value = ""]) => [key.toUpperCase(), String(JSON.parse(value))]),
  );
}

/** Whom a node is joined through, each with the request to its engine. */
export function joinRequests(world: Recording, join: string): [string, Readonly<Record<string, unknown>>][] {
  const lines = (sentTo(world, join).JOINS ?? "").split("\n").filter(Boolean);
  return lines.map(line => {
    const space = line.indexOf(" ");
    return [line.slice(0, space), JSON.parse(line.slice(space + 1)) as Record<string, unknown>];
  });
}

/** Whom a node is joined through, in order of preference. */
export const peersOf = (world: Recording, join: string) => joinRequests(world, join).map(([peer]) => peer);

/** The token that a node joins with. */
export const tokenOf = (world: Recording, join: string) => joinRequests(world, join)[0]?.[1].JoinToken;
