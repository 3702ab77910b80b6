import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { map } from "../reader";
import { inboundRules, outboundRules, type Rule } from "./firewall";
import type { SwarmPorts } from "./ports";
import type { NetworkSettings } from "./resolve";
import { type FoundVpc, vpcFor } from "./vpc";

/** Arguments of {@link Network}. */
export interface NetworkArgs extends NetworkSettings {
  /** Whose arguments they are, for errors that come late. */
  readonly subject: string;
  readonly region: pulumi.Input<string>;
  readonly ports: SwarmPorts;
  /** What overlay networks are cut from. */
  readonly addressPools: pulumi.Input<readonly string[]>;
}

/**
 * The private network where one is asked for, the tag that makes a droplet a member, the firewall on that tag, and the
 * reserved IP at which the control plane is always found.
 */
export class Network extends pulumi.ComponentResource {
  /** The cluster's tag. It goes only when the whole cluster goes. */
  public readonly tag: digitalocean.Tag;
  /** Droplets depend on it, so that none is ever without it. */
  public readonly firewall: digitalocean.Firewall;
  /** None where droplets go to the region's default VPC. */
  public readonly vpc?: pulumi.Output<FoundVpc>;
  /** Made early, as its address is part of many Commands, and assigned late. */
  public readonly reservedIp: digitalocean.ReservedIp;

  public constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:Network", name, {}, opts);
    const child = { parent: this };
    this.tag = new digitalocean.Tag(name, {}, child);
    if (args.vpc) this.vpc = vpcFor(args.subject, name, { ...args, ...args.vpc }, child);
    this.reservedIp = new digitalocean.ReservedIp(
      `${name}-control`,
      { region: args.region },
      // The assignment is a resource of its own; the address must not be taken from its holder behind it.
      { ...child, ignoreChanges: ["dropletId"] },
    );
    const { firewall, ports } = args;
    const control = pulumi.interpolate`${this.reservedIp.ipAddress}/32`;
    this.firewall = new digitalocean.Firewall(
      name,
      {
        tags: [this.tag.name],
        inboundRules: map(firewall, known =>
          inboundRules(known, ports).map(rule => this.rule(rule, "source")),
        ),
        outboundRules: map(firewall, known =>
          outboundRules(known, ports, control).map(rule => this.rule(rule, "destination")),
        ),
      },
      child,
    );
    this.registerOutputs({ vpc: this.vpc, tag: this.tag.name, controlAddress: this.reservedIp.ipAddress });
  }

  /** As the provider takes it: with `sourceTags`, `destinationAddresses` ... */
  private rule({ peers, ...rule }: Rule, side: "source" | "destination") {
    const {
      addresses = [],
      tags = [],
      loadBalancers = [],
    } = peers === "members" ? { tags: [this.tag.name] } : peers;
    return {
      ...rule,
      ...(addresses.length > 0 ? { [`${side}Addresses`]: [...addresses] } : {}),
      ...(tags.length > 0 ? { [`${side}Tags`]: [...tags] } : {}),
      ...(loadBalancers.length > 0 ? { [`${side}LoadBalancerUids`]: [...loadBalancers] } : {}),
    };
  }
}
