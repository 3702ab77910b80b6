/** IPv4 arithmetic: ranges, overlap, and the next free address. Addresses are strings outside, numbers inside. */
import ipaddr from "ipaddr.js";

/** An IPv4 range, with its bounds as unsigned 32 bit numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** The number of an IPv4 address, which is also the id DigitalOcean gives a reserved IP in its actions. */
export function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map(shift => (number >>> shift) & 255).join(".");
}

/**
 * Parses a CIDR range such as `10.110.0.0/20`.
 * @throws If it is not IPv4 in CIDR notation, or has bits set behind the prefix.
 */
export function parseRange(cidr: string): Range {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) throw new Error(`${cidr} is not an IPv4 range`);
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const first = toNumber(address.toString());
  const size = 2 ** (32 - prefix);
  if (first % size !== 0) throw new Error(`${cidr} has bits set behind its prefix`);
  return { first, last: first + size - 1, prefix };
}

/** Whether `inner` lies wholly within `outer`. */
export function contains(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether two ranges share an address. */
export function overlaps(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The netmask of a prefix length, e.g. `255.255.240.0` for 20. */
export function netmask(prefix: number): string {
  return toAddress(prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);
}

/** The gateway of a range: its first usable address. */
export function gatewayOf(cidr: string): string {
  return toAddress(parseRange(cidr).first + 1);
}

/**
 * A free host address of a range. The network's own address, the gateway (.1) and the broadcast address are never
 * given out.
 * @param taken - Addresses in use.
 * @param from - Search from the lowest address up, or from the highest down: with two kinds of address in one range
 * each grows from its own end.
 * @returns `undefined` if the range is full.
 */
export function allocate(
  cidr: string,
  taken: ReadonlySet<string>,
  from: "low" | "high" = "low",
): string | undefined {
  const range = parseRange(cidr);
  const count = range.last - range.first - 2;
  for (let offset = 0; offset < count; offset++) {
    const candidate = toAddress(from === "low" ? range.first + 2 + offset : range.last - 1 - offset);
    if (!taken.has(candidate)) return candidate;
  }
  return undefined;
}

/** The first range of the given prefix length within `within` that overlaps none of `taken`. */
export function allocateRange(within: string, prefix: number, taken: readonly Range[]): string | undefined {
  const outer = parseRange(within);
  const size = 2 ** (32 - prefix);
  for (let first = outer.first; first + size - 1 <= outer.last; first += size) {
    const candidate: Range = { first, last: first + size - 1, prefix };
    if (!taken.some(range => overlaps(range, candidate))) return `${toAddress(first)}/${prefix}`;
  }
  return undefined;
}

/** Whether a text is an IPv4 or IPv6 address or CIDR range, as a firewall rule accepts it. */
export function isAddressOrRange(text: string): boolean {
  if (!text.includes("/")) return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || ipaddr.IPv6.isValidCIDR(text);
}

/** The same address or range in CIDR notation. */
export function asRange(text: string): string {
  if (text.includes("/")) return text;
  return text.includes(":") ? `${text}/128` : `${text}/32`;
}
