/** The rules for VPC networks: which ranges and names are allowed, and each region's default network. */
import { randomUUID } from "node:crypto";

import { messageOf } from "../engine/errors";
import { timestamp } from "./actions";
import { allocateRange, contains, overlaps, parseRange, type Range } from "./addresses";
import type { Context } from "./context";
import { unprocessable } from "./errors";
import type { VpcRecord } from "./records";
import type { Store } from "./store";

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseRange);

/** Ranges that DigitalOcean keeps for itself, according to reports; it does not publish all of them. */
const RESERVED = ["10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16"].map(parseRange);

/**
 * The range that a region's default VPC has in every account, unless the account has put something else there. As reports
 * show them; those of nyc2 and sfo2 are made up.
 */
const DEFAULT_RANGES: Readonly<Record<string, string>> = {
  nyc1: "10.116.0.0/20",
  nyc2: "10.100.0.0/20",
  nyc3: "10.108.0.0/20",
  ams3: "10.110.0.0/20",
  sfo2: "10.120.0.0/20",
  sfo3: "10.124.0.0/20",
  sgp1: "10.104.0.0/20",
  lon1: "10.106.0.0/20",
  fra1: "10.114.0.0/20",
  tor1: "10.118.0.0/20",
  blr1: "10.122.0.0/20",
  syd1: "10.126.0.0/20",
};

/** Where ranges that nobody asked for come from; DigitalOcean's own choices lie here, too. */
const GENERATED_WITHIN = "10.96.0.0/11";

/**
 * Checks the range of a new VPC.
 * @throws 422 if it is not private, too large or small, kept by DigitalOcean, or overlaps another VPC.
 */
export function checkVpcRange(store: Store, cidr: string): void {
  let range: Range;
  try {
    range = parseRange(cidr);
  } catch (error) {
    throw unprocessable(`IP range is invalid: ${messageOf(error)}`);
  }
  if (!PRIVATE.some(block => contains(block, range))) {
    throw unprocessable("IP range must be within the private ranges of RFC 1918");
  }
  if (range.prefix < 16 || range.prefix > 28) {
    throw unprocessable("IP range may not be larger than /16 nor smaller than /28");
  }
  if (RESERVED.some(block => overlaps(block, range))) {
    throw unprocessable("This range/size overlaps with a range that is reserved by DigitalOcean");
  }
  if (store.vpcs.all().some(vpc => overlaps(parseRange(vpc.range), range))) {
    throw unprocessable("This range/size overlaps with another VPC network in your account");
  }
}

/** @throws 422 if another VPC of the account has this name. */
export function checkVpcName(store: Store, name: string, self?: VpcRecord): void {
  if (store.vpcs.all().some(vpc => vpc.name === name && vpc !== self)) {
    throw unprocessable("A VPC with this name already exists in your account");
  }
}

/** What a new VPC is made of. */
export interface NewVpc {
  readonly name: string;
  readonly region: string;
  readonly description: string;
  /** A /20 is chosen if absent. */
  readonly range?: string;
}

/**
 * Creates a VPC with its network. The first one of a region becomes its default, whoever makes it.
 * @throws 422 as {@link checkVpcName} and {@link checkVpcRange}; an `Error` if the network cannot be created.
 */
export function createVpc(context: Context, wanted: NewVpc): Promise<VpcRecord> {
  // One at a time: two that are created together must not choose the same range.
  return context.lanes.run("vpcs", () => createInTurn(context, wanted));
}

async function createInTurn({ store, hosts }: Context, wanted: NewVpc): Promise<VpcRecord> {
  checkVpcName(store, wanted.name);
  const taken = [...RESERVED, ...store.vpcs.all().map(vpc => parseRange(vpc.range))];
  const isDefault = findDefault(store, wanted.region) === undefined;
  const range = wanted.range ?? allocateRange(GENERATED_WITHIN, 20, taken);
  if (range === undefined) throw unprocessable("There is no free range for another VPC network");
  checkVpcRange(store, range);
  const { name, region, description } = wanted;
  const vpc: VpcRecord = {
    id: randomUUID(),
    name,
    region,
    description,
    range,
    isDefault,
    createdAt: timestamp(),
  };
  await hosts.createNetwork({ id: vpc.id, range });
  store.vpcs.put(vpc);
  store.changed();
  return vpc;
}

/** The network of droplets that ask for none; created when it is first needed. */
export async function defaultVpc(context: Context, region: string): Promise<VpcRecord> {
  const { store, lanes } = context;
  return lanes.run("vpcs", async () => {
    const found = findDefault(store, region);
    if (found !== undefined) return found;
    const usual = DEFAULT_RANGES[region];
    const free =
      usual !== undefined &&
      !store.vpcs.all().some(vpc => overlaps(parseRange(vpc.range), parseRange(usual)));
    const range = free ? usual : undefined;
    return createInTurn(context, { name: `default-${region}`, region, description: "", range });
  });
}

/** A region's default VPC, if it has one. */
export function findDefault(store: Store, region: string): VpcRecord | undefined {
  return store.vpcs.all().find(vpc => vpc.region === region && vpc.isDefault);
}
