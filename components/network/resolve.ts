import type * as pulumi from "@pulumi/pulumi";

import type { Reader } from "../reader";
import { keepOutOfVpc } from "./address-pools";
import type { FirewallOptions, VpcOptions } from "./args";
import { isWorld } from "./cidr";
import { countRules, type Firewall, inboundRules, parsePublished, parseRanges, parseRule } from "./firewall";
import type { SwarmPorts } from "./ports";
import { parseVpcRange } from "./vpc-range";

/** The network as it is to be. */
export interface NetworkSettings {
  /** `undefined`: the region's default one. */
  readonly vpc?: VpcOptions;
  readonly firewall: pulumi.Input<Firewall>;
  /** Whether anybody is let in to the Docker API. */
  readonly servesDockerApi: boolean;
}

/** Reads what concerns the network. */
export function resolveNetwork(
  reader: Reader,
  { firewall, vpc }: { readonly firewall: FirewallOptions; readonly vpc?: VpcOptions },
  ports: SwarmPorts,
  addressPools: pulumi.Input<readonly string[]>,
): NetworkSettings {
  return {
    firewall: resolveFirewall(reader, firewall, ports),
    ...(vpc ? { vpc: resolveVpc(reader, vpc, addressPools) } : {}),
    servesDockerApi: (firewall.dockerApiFrom ?? []).length > 0,
  };
}

function resolveVpc(
  reader: Reader,
  { id, range }: VpcOptions,
  addressPools: pulumi.Input<readonly string[]>,
): VpcOptions {
  if (range === undefined) return { id };
  if (id !== undefined)
    reader.fault("vpc.range", "stands beside `id`: an existing VPC has its range. Leave it out");
  const given = { range: reader.read("vpc.range", range, parseVpcRange), addressPools };
  return {
    id,
    range: reader.read("swarm.addressPools", given, (known, report) => {
      keepOutOfVpc(known.addressPools, known.range, report);
      return known.range;
    }),
  };
}

function resolveFirewall(reader: Reader, args: FirewallOptions, ports: SwarmPorts): pulumi.Input<Firewall> {
  const parts = {
    sshFrom: reader.read("firewall.sshFrom", args.sshFrom, (given, report) => {
      if (given.length === 0)
        report(
          "is empty: this program reaches the nodes by SSH; allow your own address, e.g. `203.0.113.7/32`",
        );
      return parseRanges(given, report);
    }),
    dockerApiFrom: reader.read("firewall.dockerApiFrom", args.dockerApiFrom ?? [], (given, report) => {
      if (given.some(isWorld) && !args.allowWorldDockerApi)
        report(
          "opens the Docker API (2376) to the world: whoever gets in is root on every node. Name the addresses that need it",
        );
      return parseRanges(given, report);
    }),
    publish: reader.read("firewall.publish", args.publish ?? [], (texts, report) =>
      parsePublished(texts, ports, report),
    ),
    inbound: (args.inbound ?? []).map((rule, i) =>
      reader.read(`firewall.inbound[${i}]`, rule, (known, report) =>
        parseRule(known, "inbound", ports, report),
      ),
    ),
    outbound: args.outbound?.map((rule, i) =>
      reader.read(`firewall.outbound[${i}]`, rule, (known, report) =>
        parseRule(known, "outbound", ports, report),
      ),
    ),
  };
  return reader.read("firewall.publish", parts, (known, report) => {
    countRules(inboundRules(known, ports), report);
    return known;
  });
}
