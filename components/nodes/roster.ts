import type { Availability, NodeArgs, PoolArgs } from "../args";

/** Role of a node in the swarm. */
export type Role = "manager" | "worker";

/** One node as wanted, with the pool's and its own settings merged. */
export interface WantedNode {
  /** Unique in the cluster, and the stem of its hostname: `manager-0`, `web-1`, `web-1-r2` in revision `r2`. */
  readonly name: string;
  readonly role: Role;
  readonly pool: string;
  readonly index: number;
  readonly size: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly availability: Availability;
}

/** Name of the managers' pool. */
export const MANAGERS = "manager";
export const DEFAULT_SIZE = "s-1vcpu-2gb";
export const DEFAULT_IMAGE = "ubuntu-24-04-x64";

/** The numbers of a pool's nodes: the first `count` from 0 up that are not in `skip`. */
export function indices(count: number, skip: readonly number[] = []): number[] {
  const skipped = new Set(skip);
  const found: number[] = [];
  for (let index = 0; found.length < count; index++) if (!skipped.has(index)) found.push(index);
  return found;
}

/** The nodes of one pool, in order of their numbers. */
export function poolNodes(pool: string, role: Role, args: PoolArgs): WantedNode[] {
  return indices(args.count, args.skip).map(index => {
    const own: NodeArgs = args.nodes?.[String(index)] ?? {};
    const revision = own.revision ?? args.revision;
    return {
      name: [pool, index, ...(revision === undefined ? [] : [revision])].join("-"),
      role,
      pool,
      index,
      size: own.size ?? args.size ?? DEFAULT_SIZE,
      image: String(own.image ?? args.image ?? DEFAULT_IMAGE),
      labels: { ...args.labels, ...own.labels },
      availability: own.availability ?? args.availability ?? "active",
    };
  });
}
