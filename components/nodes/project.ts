import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { NodePool } from "./node-pool";

/**
 * Puts the droplets of pools into a DigitalOcean project; a reserved IP goes with the droplet that holds it, and cannot be
 * moved by itself.
 *
 * Nothing is moved back when this is deleted: droplets leave a project when they are gone, and when another project was
 * chosen they are in that by then.
 */
export function assignToProject(
  name: string,
  project: pulumi.Input<string>,
  pools: readonly NodePool[],
  opts: pulumi.ComponentResourceOptions,
): void {
  const resources = pulumi.all(pools.flatMap(({ dropletUrns }) => dropletUrns));
  new digitalocean.ProjectResources(name, { project, resources }, { ...opts, retainOnDelete: true });
}
