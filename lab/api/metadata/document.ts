/**
 * What a droplet's metadata say, in DigitalOcean's two forms: a tree of texts, and one JSON document. Pure: no I/O.
 *
 * Of DigitalOcean's tree `anchor_ipv4` and `auth-token` are missing: the lab's reserved IPs need no anchor, and it has no
 * agent.
 */
import { renderSeed } from "../../hosts/cloud-init-seed";
import { gatewayOf, netmask, parseRange } from "../addresses";
import { IPV6_GATEWAY, IPV6_PREFIX, ipv6Of } from "../ipv6";
import type { DropletRecord } from "../records";

/** A text, or what is in a directory. */
export type Tree = string | { readonly [name: string]: Tree };

/** What is told of a droplet. */
export interface Subject {
  readonly droplet: DropletRecord;
  readonly publicRange: string;
  readonly vpcRange: string;
  readonly reservedIp: string | undefined;
  /** The hardware addresses of its interfaces. */
  readonly macs: { readonly public: string; readonly private: string };
}

/** The resolvers that DigitalOcean gives to all droplets. A lab without egress does not reach them. */
const NAMESERVERS = ["67.207.67.3", "67.207.67.2"];

/** What lies below `/metadata/v1/`. */
export function metadataTree(subject: Subject): Tree {
  const { droplet, reservedIp } = subject;
  const [outside, inside] = interfacesOf(subject);
  const reserved = {
    ...(reservedIp === undefined ? {} : { ip_address: reservedIp }),
    active: String(reservedIp !== undefined),
  };
  return {
    id: String(droplet.id),
    hostname: droplet.name,
    "user-data": droplet.userData,
    "vendor-data": vendorData(droplet),
    "public-keys": droplet.sshKeys.join("\n"),
    region: droplet.region,
    interfaces: { public: { 0: treeOf(outside) }, private: { 0: treeOf(inside) } },
    dns: { nameservers: NAMESERVERS.join("\n") },
    floating_ip: { ipv4: reserved },
    reserved_ip: { ipv4: reserved, ipv6: { active: "false" } },
    tags: Object.fromEntries(droplet.tags.map(tag => [tag, tag])),
    features: { dhcp_enabled: "false" },
  };
}

/** `/metadata/v1.json`. */
export function metadataDocument(subject: Subject): object {
  const { droplet, reservedIp } = subject;
  const [outside, inside] = interfacesOf(subject);
  const reserved = {
    ...(reservedIp === undefined ? {} : { ip_address: reservedIp }),
    active: reservedIp !== undefined,
  };
  return {
    droplet_id: droplet.id,
    hostname: droplet.name,
    user_data: droplet.userData,
    vendor_data: vendorData(droplet),
    public_keys: droplet.sshKeys,
    region: droplet.region,
    interfaces: { public: [outside], private: [inside] },
    floating_ip: { ipv4: reserved },
    reserved_ip: { ipv4: reserved, ipv6: { active: false } },
    dns: { nameservers: NAMESERVERS },
    tags: droplet.tags,
    features: { dhcp_enabled: false },
  };
}

interface Interface {
  readonly ipv4: { readonly ip_address: string; readonly netmask: string; readonly gateway: string };
  readonly ipv6?: { readonly ip_address: string; readonly cidr: number; readonly gateway: string };
  readonly mac: string;
  readonly type: "public" | "private";
}

function interfacesOf({ droplet, publicRange, vpcRange, macs }: Subject): [Interface, Interface] {
  const ipv4 = (address: string, range: string) => ({
    ip_address: address,
    netmask: netmask(parseRange(range).prefix),
    gateway: gatewayOf(range),
  });
  const ipv6 = { ip_address: ipv6Of(droplet.publicAddress), cidr: IPV6_PREFIX, gateway: IPV6_GATEWAY };
  return [
    {
      ipv4: ipv4(droplet.publicAddress, publicRange),
      ...(droplet.features.includes("ipv6") ? { ipv6 } : {}),
      mac: macs.public,
      type: "public",
    },
    { ipv4: ipv4(droplet.privateAddress, vpcRange), mac: macs.private, type: "private" },
  ];
}

/** In the tree, an address is called `address`. */
function treeOf({ ipv4, ipv6, mac, type }: Interface): Tree {
  const family = ({ ip_address, ...others }: { ip_address: string; cidr?: number; netmask?: string }) => ({
    address: ip_address,
    ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)])),
  });
  return { mac, type, ipv4: family(ipv4), ...(ipv6 === undefined ? {} : { ipv6: family(ipv6) }) };
}

/** What the lab itself tells cloud-init. */
function vendorData({ id, name, userData, sshKeys }: DropletRecord): string {
  return renderSeed({ id, hostname: name, userData, sshKeys })["vendor-data"];
}
