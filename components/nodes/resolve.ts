import type * as pulumi from "@pulumi/pulumi";

import { map, parseWord, type Reader, type Report, textOf } from "../reader";
import { Availability, type ManagerPoolOptions, type NodeOptions, type PoolOptions } from "./args";
import type { Role, WantedNode } from "./node";

/** Name of the managers' pool. */
export const MANAGERS = "manager";
const DEFAULT_SIZE = "s-1vcpu-2gb";
const DEFAULT_IMAGE = "ubuntu-24-04-x64";
/** Swarmkit's own recommendation: https://docs.docker.com/engine/swarm/admin_guide/#add-manager-nodes-for-fault-tolerance */
const MOST_MANAGERS = 7;
/** More are a slip of the pen. */
const MOST_NODES = 10_000;
/** A label of a hostname, short enough for "NAME-POOL-INDEX-REVISION" and Pulumi's suffix to stay below 63. */
const HOSTNAME_LABEL = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;
const HOSTNAME_RULE = "lower case letters, digits and hyphens, starting with a letter, at most 20";
const REVISION = /^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/;

/** Notes a name that cannot be part of a hostname. */
export function checkName(name: string, what: string, report: Report): void {
  if (!HOSTNAME_LABEL.test(name)) report(`"${name}" cannot ${what} a hostname: ${HOSTNAME_RULE}`);
}

/** The nodes of all pools, the managers first. */
export function resolveNodes(
  reader: Reader,
  args: { readonly managers: ManagerPoolOptions; readonly workers?: Readonly<Record<string, PoolOptions>> },
): WantedNode[] {
  checkManagers(reader, args.managers);
  const nodes = resolvePool(reader, "managers", MANAGERS, "manager", args.managers);
  for (const [pool, poolArgs] of Object.entries(args.workers ?? {})) {
    const path = `workers.${pool}`;
    checkName(pool, "be part of", reader.at(path));
    if (pool === MANAGERS) reader.fault(path, `"${MANAGERS}" is the managers' own pool; choose another name`);
    nodes.push(...resolvePool(reader, path, pool, "worker", poolArgs));
  }
  return nodes;
}

function checkManagers(reader: Reader, { count, allowEvenCount }: ManagerPoolOptions): void {
  const fault = reader.at("managers.count");
  if (count === 0) fault("is 0; a swarm needs a manager: 1, 3, 5 or 7");
  if (count > MOST_MANAGERS)
    fault(
      `is ${count}; more than ${MOST_MANAGERS} managers make every change slower and tolerate no more. Add workers instead`,
    );
  if (count > 0 && count % 2 === 0 && !allowEvenCount)
    fault(
      `is ${count}, an even number: it survives the loss of ${count / 2 - 1}, as ${count - 1} managers do, and one more can fail. Choose ${count - 1} or ${count + 1}, or set \`allowEvenCount\``,
    );
}

/** The nodes of one pool, in order of their numbers. */
export function resolvePool(
  reader: Reader,
  path: string,
  pool: string,
  role: Role,
  args: PoolOptions,
): WantedNode[] {
  const isCount = Number.isInteger(args.count) && args.count >= 0;
  if (!isCount) reader.fault(`${path}.count`, `is ${args.count}; it takes a whole number from 0 up`);
  else if (args.count >= MOST_NODES)
    reader.fault(`${path}.count`, `is ${args.count}; a pool has fewer than ${MOST_NODES} nodes`);
  args.skip?.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0)
      reader.fault(`${path}.skip[${i}]`, `is ${index}; it takes a node's number, from 0 up`);
  });
  const numbers = isCount && args.count < MOST_NODES ? indices(args.count, args.skip) : [];
  const common = resolveNode(reader, path, args);
  const own = new Map<number, OwnSettings>();
  for (const [key, node] of Object.entries(args.nodes ?? {})) {
    const at = `${path}.nodes.${key}`;
    own.set(Number(key), resolveNode(reader, at, node));
    if (!/^\d+$/.test(key)) reader.fault(at, `"${key}" is not a node's number; use "0" for the first`);
    else if (isCount && !numbers.includes(Number(key))) reader.fault(at, "there is no such node in the pool");
  }
  return numbers.map(index => {
    const { labels, revision = common.revision, ...rest } = own.get(index) ?? {};
    return {
      name: [pool, index, ...(revision === undefined ? [] : [revision])].join("-"),
      role,
      pool,
      index,
      size: rest.size ?? common.size ?? DEFAULT_SIZE,
      image: rest.image ?? common.image ?? DEFAULT_IMAGE,
      monitoring: rest.monitoring ?? common.monitoring,
      backups: rest.backups ?? common.backups,
      ipv6: rest.ipv6 ?? common.ipv6,
      labels: merge(common.labels, labels),
      availability: rest.availability ?? common.availability ?? "active",
    };
  });
}

/** The numbers of a pool's nodes: the first `count` from 0 up that are not in `skip`. */
export function indices(count: number, skip: readonly number[] = []): number[] {
  const skipped = new Set(skip);
  const found: number[] = [];
  for (let index = 0; found.length < count; index++) if (!skipped.has(index)) found.push(index);
  return found;
}

type Labels = pulumi.Input<Record<string, string>>;

/** What is said of a node or of a pool, checked. */
type OwnSettings = Partial<Omit<WantedNode, "name" | "role" | "pool" | "index">> & {
  readonly revision?: string;
};

function resolveNode(reader: Reader, path: string, args: NodeOptions): OwnSettings {
  const { size, image, monitoring, backups, ipv6, labels, availability, revision } = args;
  if (revision !== undefined && !REVISION.test(revision))
    reader.fault(
      `${path}.revision`,
      `"${revision}" cannot be part of a hostname: lower case letters, digits and hyphens, at most 12`,
    );
  return {
    size,
    monitoring,
    backups,
    ipv6,
    image: image === undefined ? undefined : map(image, textOf),
    labels: labels === undefined ? undefined : reader.read(`${path}.labels`, labels, checkLabels),
    availability:
      availability === undefined
        ? undefined
        : reader.read(`${path}.availability`, availability, parseWord(Object.values(Availability))),
    revision: revision === undefined ? undefined : textOf(revision),
  };
}

/** Notes what no label may be. */
export function checkLabels(
  labels: Readonly<Record<string, string>>,
  report: Report,
): Record<string, string> {
  for (const [key, value] of Object.entries(labels)) {
    if (!/^[a-zA-Z0-9]([a-zA-Z0-9._/-]*[a-zA-Z0-9])?$/.test(key))
      report(`"${key}" is not a label's key: letters, digits, ".", "_", "/" and "-"`);
    if (key.startsWith("digitalocean-swarm.")) report(`"${key}" is the program's own: choose another name`);
    if (/\p{Cc}/u.test(value)) report("has a line break or another control character", `.${key}`);
  }
  return { ...labels };
}

function merge(common: Labels | undefined, own: Labels | undefined): Labels {
  if (!common || !own) return common ?? own ?? {};
  return map([common, own], ([pool, node]) => ({ ...pool, ...node }));
}
