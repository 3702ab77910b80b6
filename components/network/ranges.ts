/** Range of the VPC that is made by default: 4,000 nodes, apart from DigitalOcean's own ranges. */
export const DEFAULT_VPC_RANGE = "10.110.0.0/20";

/**
 * What overlay networks are cut from by default: 8,192 networks of /24. Docker's own default, 10.0.0.0/8, overlaps
 * the VPC and the anchor addresses of droplets.
 */
export const DEFAULT_POOLS: readonly string[] = ["10.192.0.0/11"];
