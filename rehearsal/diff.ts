import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

import type { Entry, Handler, Props } from "./entry";

/** What a run does with one resource, and because of which inputs. */
export interface Decision {
  readonly op: "create" | "same" | "update" | "replace";
  readonly changed: readonly string[];
}

/** Compares a resource as it is with what is wanted. `forced`: it is replaced though nothing differs. */
export function decide(
  handler: Pick<Handler, "replaceOn" | "update">,
  old: Pick<Entry, "inputs"> | undefined,
  wanted: Props,
  forced = false,
): Decision {
  if (!old) return { op: "create", changed: [] };
  const keys = new Set([...Object.keys(old.inputs), ...Object.keys(wanted)]);
  const changed = [...keys].filter(key => !isDeepStrictEqual(old.inputs[key], wanted[key]));
  if (forced || changed.some(key => handler.replaceOn.includes(key))) return { op: "replace", changed };
  if (changed.length === 0) return { op: "same", changed };
  return { op: handler.update ? "update" : "replace", changed };
}

/** `ignoreChanges`: what the journal has wins over what the program says. `*` is everything. */
export function withIgnored(wanted: Props, old: Props | undefined, ignored: readonly string[]): Props {
  if (!old || ignored.length === 0) return wanted;
  if (ignored.includes("*")) return old;
  const nested = ignored.find(path => /[.[]/.test(path));
  if (nested) throw new Error(`the rehearsal ignores changes of whole inputs only, not of ${nested}`);
  const rest = Object.entries(wanted).filter(([key]) => !ignored.includes(key));
  const kept = Object.entries(old).filter(([key]) => ignored.includes(key));
  return Object.fromEntries([...rest, ...kept]);
}

/** Pulumi's auto-naming: the resource's name and seven hexadecimal digits. */
export function autoName(name: string): string {
  return `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}
