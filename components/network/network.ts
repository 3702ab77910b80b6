import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { FirewallArgs, SwarmOptions, VpcArgs } from "../args";
import { inboundRules, OUTBOUND_RULES } from "./firewall-rules";
import { DEFAULT_VPC_RANGE } from "./ranges";

/** Arguments of {@link Network}. */
export interface NetworkArgs {
  readonly region: string;
  readonly vpc?: VpcArgs;
  readonly firewall: FirewallArgs;
  readonly swarm?: SwarmOptions;
}

/** The private network, the tag that makes a droplet a member, and the firewall on that tag. */
export class Network extends pulumi.ComponentResource {
  /** The cluster's tag. It goes only when the whole cluster goes. */
  public readonly tag: digitalocean.Tag;
  /** Droplets depend on it, so that none is ever without it. */
  public readonly firewall: digitalocean.Firewall;
  public readonly vpcId: pulumi.Output<string>;

  public constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:Network", name, {}, opts);
    const child = { parent: this };
    this.tag = new digitalocean.Tag(name, {}, child);
    this.vpcId = pulumi.output(
      args.vpc?.id ??
        new digitalocean.Vpc(
          name,
          { region: args.region, ipRange: args.vpc?.range ?? DEFAULT_VPC_RANGE },
          child,
        ).id,
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
