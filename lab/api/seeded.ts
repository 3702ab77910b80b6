/** What was seeded: how it was, whether it still is so, and how it becomes so again. What is seeded is in `seed.ts`. */
import { isDeepStrictEqual } from "node:util";

import type { Context } from "./context";
import { ApiError } from "./errors";
import { applies } from "./firewall-rules";
import { ensureFirstProject } from "./projects";
import type { DropletRecord, SeededKind, SeededRecord } from "./records";
import type { Collection, Store } from "./store";

const NAMES: Readonly<Record<SeededKind, string>> = {
  keys: "SSH key",
  tags: "tag",
  vpcs: "VPC",
  droplets: "droplet",
  loadBalancers: "load balancer",
  firewalls: "firewall",
};
const KINDS = Object.keys(NAMES) as SeededKind[];

/** What all records have that can be seeded. */
interface Thing {
  readonly name: string;
  readonly isDefault?: boolean;
}

function things(store: Store, kind: SeededKind): Collection<string | number, Thing> {
  return store[kind] as unknown as Collection<string | number, Thing>;
}

/** Notes that a thing was seeded, and how it is now. */
export function remember(store: Store, kind: SeededKind, key: string | number): void {
  const before = look(store, kind, key);
  if (before === undefined) throw new Error(`there is no ${NAMES[kind]} ${key}`);
  store.seeded.put({ kind, key, before });
}

/** Whether a thing was seeded. */
export function isSeeded(store: Store, kind: SeededKind, key: string | number): boolean {
  return store.seeded.get(`${kind}/${key}`) !== undefined;
}

/** What was seeded and is gone, or is not as it was: a line each. */
export function touched(store: Store): string[] {
  return store.seeded.all().flatMap(({ kind, key, before }) => {
    const what = `${NAMES[kind]} ${before.name}`;
    const now = look(store, kind, key);
    if (now === undefined) return [`${what} is gone`];
    const fields = Object.keys({ ...before, ...now });
    const changed = fields.filter(field => !isDeepStrictEqual(now[field], before[field]));
    return changed.length > 0 ? [`${what} is changed: ${changed.join(", ")}`] : [];
  });
}

/** Makes all that was seeded as it was. */
export async function restore({ store, hosts }: Context): Promise<void> {
  for (const { kind, key, before } of store.seeded.all()) {
    // `appliedFirewalls` is no part of a droplet's record; nobody reads it there.
    things(store, kind).put({ ...copyOf(before), ...{ appliedFirewalls: undefined } });
    const vpc = kind === "vpcs" ? store.vpcs.get(String(key)) : undefined;
    if (vpc !== undefined) await hosts.createNetwork({ id: vpc.id, range: vpc.range });
  }
}

/**
 * Makes the account a new one, which has nothing, not even a default VPC.
 * @throws 409 if anything is there that was not seeded, but for default VPCs.
 */
export async function emptyAccount({ store, hosts, addresses }: Context): Promise<void> {
  const left = [
    ...KINDS.flatMap(kind =>
      things(store, kind)
        .entries()
        .filter(([key, thing]) => !isSeeded(store, kind, key) && thing.isDefault !== true)
        .map(([, { name }]) => `${NAMES[kind]} ${name}`),
    ),
    ...store.reservedIps.all().map(({ ip }) => `reserved IP ${ip}`),
    ...store.volumes.all().map(({ name }) => `volume ${name}`),
    ...store.projects.all().flatMap(({ name, isDefault }) => (isDefault ? [] : [`project ${name}`])),
  ];
  if (left.length > 0) throw new ApiError(409, `the account still has: ${left.join(", ")}`);
  for (const { id, range } of store.vpcs.all()) {
    await hosts.removeNetwork({ id, range });
    addresses.forget(id);
  }
  for (const kind of [...KINDS, "projects", "seeded"] as const) store[kind].clear();
  ensureFirstProject(store);
}

/** A thing as it is now; of a droplet also the firewalls that apply to it, which somebody else's tag may change. */
function look(store: Store, kind: SeededKind, key: string | number): SeededRecord["before"] | undefined {
  const thing = things(store, kind).get(key);
  if (thing === undefined) return undefined;
  // A network does not differ because a droplet was in it for a while.
  const record = { ...copyOf(thing), memberLeftAt: undefined };
  if (kind !== "droplets") return record;
  const applied = store.firewalls.all().filter(firewall => applies(firewall, thing as DropletRecord));
  return { ...record, appliedFirewalls: applied.map(({ name }) => name) };
}

/** As it is after a restart, when all has been written and read again. */
function copyOf<Item>(item: Item): Item {
  return JSON.parse(JSON.stringify(item)) as Item;
}
