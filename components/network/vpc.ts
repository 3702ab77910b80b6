import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { type Fault, raise } from "../faults";
import { SLOW_DELETES } from "../slow-deletes";
import { keepOutOfVpc } from "./address-pools";
import type { VpcOptions } from "./args";

/** A VPC. */
export interface FoundVpc {
  readonly id: string;
  readonly range: string;
}

/** What {@link vpcFor} is told. */
export interface WantedVpc extends VpcOptions {
  readonly region: pulumi.Input<string>;
  /** What overlay networks are cut from: it is kept out of the VPC. */
  readonly addressPools: pulumi.Input<readonly string[]>;
}

/**
 * The VPC that is asked for, an existing or a new one, when it is known to fit: droplets that wait for it are not made
 * otherwise.
 *
 * @param subject - Whose arguments they are, for errors.
 */
export function vpcFor(
  subject: string,
  name: string,
  wanted: WantedVpc,
  opts: { parent: pulumi.Resource },
): pulumi.Output<FoundVpc> {
  const found =
    wanted.id === undefined ? makeVpc(subject, name, wanted, opts) : existingVpc(subject, wanted, opts);
  return pulumi.all([found, wanted.addressPools]).apply(([vpc, pools]) => {
    const faults: Fault[] = [];
    keepOutOfVpc(pools, vpc.range, (reason, below = "") => {
      faults.push({ path: `swarm.addressPools${below}`, reason });
    });
    raise(subject, faults);
    return vpc;
  });
}

/** A VPC that somebody else made. */
export function vpcOf(
  id: pulumi.Input<string> | undefined,
  opts: { parent: pulumi.Resource },
): pulumi.Output<FoundVpc & { readonly region: string }> {
  return digitalocean
    .getVpcOutput({ id }, opts)
    .apply(found => ({ id: found.id, range: found.ipRange, region: found.region }));
}

function existingVpc(
  subject: string,
  { id, region }: WantedVpc,
  opts: { parent: pulumi.Resource },
): pulumi.Output<FoundVpc> {
  return pulumi.all([vpcOf(id, opts), region]).apply(([found, wantedRegion]) => {
    if (found.region !== wantedRegion)
      raise(subject, [{ path: "vpc.id", reason: `is a VPC of ${found.region}, not of ${wantedRegion}` }]);
    return found;
  });
}

function makeVpc(
  subject: string,
  name: string,
  { region, range }: WantedVpc,
  opts: { parent: pulumi.Resource },
): pulumi.Output<FoundVpc> {
  const known = pulumi.output(region);
  const made = new digitalocean.Vpc(
    name,
    {
      region: known.apply(where => besideDefault(subject, where, opts)),
      ...(range === undefined ? {} : { ipRange: range }),
    },
    { ...opts, customTimeouts: SLOW_DELETES },
  );
  pulumi.all([made.default, known]).apply(([isDefault, where]) => {
    if (isDefault)
      void pulumi.log.warn(
        `this VPC has become the default one of ${where}, which DigitalOcean never deletes: \`destroy\` will fail. Make another VPC of the region its default first (\`doctl vpcs update ID --default\`)`,
        made,
      );
  });
  return pulumi.all([made.id, made.ipRange]).apply(([id, itsRange]) => ({ id, range: itsRange }));
}

/** The region, once it is known to have a default VPC: then the next one does not become it. */
async function besideDefault(subject: string, region: string, opts: pulumi.InvokeOptions): Promise<string> {
  try {
    await digitalocean.getVpc({ region }, opts);
  } catch (error) {
    if (!String(error).includes("unable to find default VPC")) throw error;
    raise(subject, [
      {
        path: "vpc",
        reason: `${region} has no VPC yet: the first one becomes the region's default, which DigitalOcean never deletes, so that \`destroy\` would fail. Leave \`vpc\` out, or make the default first: \`doctl vpcs create --name default-${region} --region ${region}\``,
      },
    ]);
  }
  return region;
}
