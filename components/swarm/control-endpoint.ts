import * as digitalocean from "@pulumi/digitalocean";
import type * as pulumi from "@pulumi/pulumi";

import type { HostFacts } from "./args";

/**
 * Lets the reserved IP lead to the first manager.
 *
 * @param reservedIp - Made before, as its address is part of many Commands.
 * @param host - A droplet; known when its node is in the swarm: only a manager may hold the address.
 */
export function leadToFirstManager(
  name: string,
  reservedIp: digitalocean.ReservedIp,
  host: pulumi.Output<HostFacts>,
  opts: pulumi.CustomResourceOptions,
): void {
  new digitalocean.ReservedIpAssignment(
    name,
    { ipAddress: reservedIp.ipAddress, dropletId: host.apply(({ dropletId }) => Number(dropletId)) },
    // Deleting it fails when the droplet went first, and is needless when the address goes too.
    { ...opts, deletedWith: reservedIp },
  );
}
