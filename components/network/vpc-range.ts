import type { Report } from "../reader";
import { contains, isNetworkAddress, overlap, parseCidr } from "./cidr";

const ranges = (...texts: string[]) => texts.flatMap(text => parseCidr(text) ?? []);
const RFC1918 = ranges("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");
/** https://docs.digitalocean.com/products/networking/vpc/details/limits/ */
const RESERVED = ["10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16"];

/** The range of a new VPC, as far as it can be looked at without a look at the account. */
export function parseVpcRange(text: string, report: Report): string {
  const range = parseCidr(text);
  if (range?.address.kind() !== "ipv4") {
    report(`"${text}" is not an IPv4 CIDR range such as \`10.110.0.0/20\``);
    return text;
  }
  if (range.prefix < 16 || range.prefix > 28) report(`is a /${range.prefix}; DigitalOcean takes /16 to /28`);
  if (!RFC1918.some(net => contains(net, range)))
    report(`${text} is not private (RFC 1918: 10/8, 172.16/12, 192.168/16)`);
  if (!isNetworkAddress(range)) report(`${text} has host bits set; write the network's own address`);
  for (const reserved of RESERVED)
    if (ranges(reserved).some(net => overlap(net, range)))
      report(`${text} overlaps ${reserved}, which DigitalOcean keeps for itself`);
  return text;
}
