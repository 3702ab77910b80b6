import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import type { VpcArgs } from "../args";
import { raise } from "../faults";
import { SLOW_DELETES } from "../slow-deletes";
import { poolsInVpc } from "./ranges";

/** Arguments of {@link vpcFor}. */
export interface VpcFor {
  readonly region: string;
  readonly vpc: VpcArgs;
  /** What overlay networks are cut from: it is kept out of the VPC. */
  readonly pools?: readonly string[];
}

/**
 * Id of the VPC that is asked for, an existing or a new one, when it is known to fit: droplets that wait for it are not
 * made otherwise.
 */
export function vpcFor(
  name: string,
  { region, vpc, pools }: VpcFor,
  opts: { parent: pulumi.Resource },
): pulumi.Output<string> {
  if (vpc.id !== undefined)
    return digitalocean.getVpcOutput({ id: vpc.id }, opts).apply(found => {
      if (found.region !== region)
        raise(`SwarmCluster "${name}"`, [
          { path: "vpc.id", reason: `is a VPC of ${found.region}, not of ${region}` },
        ]);
      raise(`SwarmCluster "${name}"`, poolsInVpc(pools, found.ipRange));
      return found.id;
    });
  const made = new digitalocean.Vpc(
    name,
    { region: besideDefault(name, region, opts), ...(vpc.range === undefined ? {} : { ipRange: vpc.range }) },
    { ...opts, customTimeouts: SLOW_DELETES },
  );
  made.default.apply(isDefault => {
    if (isDefault)
      void pulumi.log.warn(
        `this VPC has become the default one of ${region}, which DigitalOcean never deletes: \`destroy\` will fail. Make another VPC of the region its default first (\`doctl vpcs update ID --default\`)`,
        made,
      );
  });
  return pulumi.all([made.id, made.ipRange]).apply(([id, range]) => {
    raise(`SwarmCluster "${name}"`, poolsInVpc(pools, range));
    return id;
  });
}

/** The region, once it is known to have a default VPC: then the next one does not become it. */
function besideDefault(name: string, region: string, opts: pulumi.InvokeOptions): pulumi.Output<string> {
  const looked = digitalocean.getVpc({ region }, opts).catch((error: unknown) => {
    if (!String(error).includes("unable to find default VPC")) throw error;
    raise(`SwarmCluster "${name}"`, [
      {
        path: "vpc",
        reason: `${region} has no VPC yet: the first one becomes the region's default, which DigitalOcean never deletes, so that \`destroy\` would fail. Leave \`vpc\` out, or make the default first: \`doctl vpcs create --name default-${region} --region ${region}\``,
      },
    ]);
  });
  return pulumi.output(looked).apply(() => region);
}
