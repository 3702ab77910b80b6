import type { Fault } from "../faults";
import { overlap, parseCidr } from "./cidr";

/**
 * What overlay networks are cut from by default: 8,192 networks of /24. Docker's own default, 10.0.0.0/8, overlaps
 * DigitalOcean's VPCs and the anchor addresses of droplets.
 */
export const DEFAULT_POOLS: readonly string[] = ["10.192.0.0/11"];

/** Address pools that overlap the VPC, where its range is known. */
export function poolsInVpc(pools: readonly string[] = DEFAULT_POOLS, vpcRange = ""): Fault[] {
  const vpc = parseCidr(vpcRange);
  return pools.flatMap((text, i) => {
    const range = parseCidr(text);
    if (!vpc || !range || !overlap(range, vpc)) return [];
    const reason = `${text} overlaps the VPC (${vpcRange}): containers could not reach the nodes. Choose other pools`;
    return [{ path: `swarm.addressPools[${i}]`, reason }];
  });
}
