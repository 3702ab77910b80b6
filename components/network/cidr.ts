import * as ipaddr from "ipaddr.js";

/** A parsed CIDR range. */
export interface Cidr {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** Prefix length. */
  readonly prefix: number;
}

/** Parses `a.b.c.d/n`, or its IPv6 form; `undefined` when it is neither, or has no prefix length. */
export function parseCidr(text: string): Cidr | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, prefix] = ipaddr.parseCIDR(text);
  if (address.kind() === "ipv4" && !ipaddr.IPv4.isValidFourPartDecimal(text.split("/")[0] ?? ""))
    return undefined;
  return { address, prefix };
}

/** Whether the address part is the network's own (`10.0.0.0/8`), not an address inside it (`10.1.2.3/8`). */
export function isNetworkAddress(cidr: Cidr): boolean {
  const text = `${cidr.address.toString()}/${cidr.prefix}`;
  const network =
    cidr.address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(text)
      : ipaddr.IPv6.networkAddressFromCIDR(text);
  return network.toString() === cidr.address.toString();
}

/** Whether `outer` holds all of `inner`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.address.kind() === inner.address.kind() &&
    inner.prefix >= outer.prefix &&
    matches(inner.address, outer.address, outer.prefix)
  );
}

/** Whether two ranges share an address. Ranges are nested or disjoint. */
export function overlap(one: Cidr, other: Cidr): boolean {
  return contains(one, other) || contains(other, one);
}

/** Whether a range is everyone: `0.0.0.0/0` or `::/0`. */
export function isWorld(text: string): boolean {
  return parseCidr(text)?.prefix === 0;
}

function matches(address: Cidr["address"], range: Cidr["address"], prefix: number): boolean {
  if (address instanceof ipaddr.IPv4) return range instanceof ipaddr.IPv4 && address.match(range, prefix);
  return range instanceof ipaddr.IPv6 && address.match(range, prefix);
}
