/**
 * Public IPv6 addresses: from the documentation's range (RFC 3849), which nobody routes. All labs have the same network,
 * as no two labs' networks meet; a droplet's address has its IPv4 address in it, so that it is nobody else's.
 */
import { toNumber } from "./addresses";

const NETWORK = "2001:db8:c612::";

/** The length of the network's prefix. */
export const IPV6_PREFIX = 64;

/** The gateway that answers name. Nobody is there: no IPv6 packet leaves the lab. */
export const IPV6_GATEWAY = `${NETWORK}1`;

/** The IPv6 address of the droplet with this public IPv4 address. */
export function ipv6Of(publicAddress: string): string {
  const number = toNumber(publicAddress);
  return `${NETWORK}${(number >>> 16).toString(16)}:${(number % 65536).toString(16)}`;
}
