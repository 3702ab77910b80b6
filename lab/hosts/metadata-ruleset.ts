/** The way from a droplet to its metadata service, as nftables rules for the droplet's own network namespace. */
import type { MetadataEndpoint } from "./hosts";

/** Where a droplet's processes look for the service. */
export const METADATA_ADDRESS = "169.254.169.254";

const TABLE = "table ip metadata_service";

/**
 * Renders the way as input for `nft -f`. The lab's server answers at the public network's gateway; this gives packets
 * its address when they leave the droplet, after all that the droplet itself may do to them, and gives answers the
 * service's address before anything has seen them. So to the droplet, its own packet filter and connection tracking
 * included, the service is where DigitalOcean has it, at the other side of eth0.
 *
 * What else is sent to that address ends here: with egress it would come to this machine's own metadata service.
 */
export function renderMetadataRuleset({ address, port }: MetadataEndpoint): string {
  return `${TABLE}
delete ${TABLE}
${TABLE} {
  chain outbound {
    type filter hook postrouting priority 310; policy accept;
    oifname != "eth0" accept
    ip daddr ${METADATA_ADDRESS} tcp dport 80 ip daddr set ${address} tcp dport set ${port} accept
    ip daddr ${METADATA_ADDRESS} drop
  }
  chain inbound {
    type filter hook prerouting priority -450; policy accept;
    iifname "eth0" ip saddr ${address} tcp sport ${port} ip saddr set ${METADATA_ADDRESS} tcp sport set 80
  }
}
`;
}
