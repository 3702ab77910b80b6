import type { Report } from "../reader";
import { isNetworkAddress, overlap, parseCidr } from "./cidr";

/**
 * What overlay networks are cut from by default: 8,192 networks of /24. Docker's own default, 10.0.0.0/8, overlaps
 * DigitalOcean's VPCs and the anchor addresses of droplets.
 */
export const DEFAULT_POOLS: readonly string[] = ["10.192.0.0/11"];

/** Ranges that overlay networks are cut from. */
export function parsePools(pools: readonly string[], poolSize: number, report: Report): readonly string[] {
  if (pools.length === 0) report("is empty; leave it out for the default");
  const parsed = pools.map(text => ({ text, range: parseCidr(text) }));
  parsed.forEach(({ text, range }, i) => {
    const fault = (reason: string) => {
      report(reason, `[${i}]`);
    };
    if (range?.address.kind() !== "ipv4") {
      fault(`"${text}" is not an IPv4 CIDR range such as \`${DEFAULT_POOLS[0]}\``);
      return;
    }
    if (!isNetworkAddress(range)) fault(`${text} has host bits set; write the network's own address`);
    if (range.prefix > poolSize) fault(`${text} is smaller than one overlay network (/${poolSize})`);
    for (const other of parsed.slice(0, i))
      if (other.range && overlap(other.range, range)) fault(`${text} overlaps ${other.text}`);
  });
  return pools;
}

/** Notes the address pools that overlap the VPC, whose range may not be known. */
export function keepOutOfVpc(pools: readonly string[], vpcRange: string | undefined, report: Report): void {
  const vpc = parseCidr(vpcRange ?? "");
  pools.forEach((text, i) => {
    const range = parseCidr(text);
    if (vpc && range && overlap(range, vpc))
      report(
        `${text} overlaps the VPC (${vpcRange}): containers could not reach the nodes. Choose other pools`,
        `[${i}]`,
      );
  });
}
