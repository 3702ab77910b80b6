import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

/**
 * The reserved IP at which the control plane is always found. It is made early, as its address is part of many
 * Commands, and assigned late: only a manager that is in the swarm may hold it.
 */
export class ControlEndpoint extends pulumi.ComponentResource {
  public readonly address: pulumi.Output<string>;
  private readonly reservedIp: digitalocean.ReservedIp;

  public constructor(
    name: string,
    args: { readonly region: string },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("digitalocean-swarm:index:ControlEndpoint", name, {}, opts);
    this.reservedIp = new digitalocean.ReservedIp(
      name,
      { region: args.region },
      // The assignment is a resource of its own; the address must not be taken from its holder behind it.
      { parent: this, ignoreChanges: ["dropletId"] },
    );
    this.address = this.reservedIp.ipAddress;
    this.registerOutputs({ address: this.address });
  }

  /** Moves the address to a droplet, whose id is known when its node is a manager. */
  public assignTo(name: string, dropletId: pulumi.Output<string>): void {
    new digitalocean.ReservedIpAssignment(
      name,
      { ipAddress: this.address, dropletId: dropletId.apply(Number) },
      // Deleting it fails when the droplet went first, and is needless when the address goes too.
      { parent: this, deletedWith: this.reservedIp },
    );
  }
}
