import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { FirewallArgs, SwarmOptions, VpcArgs } from "../args";
import { inboundRules, OUTBOUND_RULES } from "./firewall-rules";
import { vpcFor } from "./vpc";

/** Arguments of {@link Network}. */
export interface NetworkArgs {
  readonly region: string;
  readonly vpc?: VpcArgs;
  readonly firewall: FirewallArgs;
  readonly swarm?: SwarmOptions;
}

/** The private network where one is asked for, the tag that makes a droplet a member, and the firewall on that tag. */
export class Network extends pulumi.ComponentResource {
  /** The cluster's tag. It goes only when the whole cluster goes. */
  public readonly tag: digitalocean.Tag;
  /** Droplets depend on it, so that none is ever without it. */
  public readonly firewall: digitalocean.Firewall;
  /** None where droplets go to the region's default VPC. */
  public readonly vpcId?: pulumi.Output<string>;

  public constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:Network", name, {}, opts);
    const child = { parent: this };
    this.tag = new digitalocean.Tag(name, {}, child);
    if (args.vpc)
      this.vpcId = vpcFor(
        name,
        { region: args.region, vpc: args.vpc, pools: args.swarm?.addressPools },
        child,
      );
    this.firewall = new digitalocean.Firewall(
      name,
      {
        tags: [this.tag.name],
        inboundRules: inboundRules(args.firewall, args.swarm).map(({ from, ...rule }) => ({
          ...rule,
          ...(from === "members" ? { sourceTags: [this.tag.name] } : { sourceAddresses: [...from] }),
        })),
        outboundRules: OUTBOUND_RULES.map(({ to, ...rule }) => ({ ...rule, destinationAddresses: [...to] })),
      },
      child,
    );
    this.registerOutputs({ vpcId: this.vpcId, tag: this.tag.name });
  }
}
