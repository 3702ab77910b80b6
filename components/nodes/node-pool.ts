import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

import type { SwarmPorts } from "../network/ports";
import { SLOW_DELETES } from "../slow-deletes";
import type { SwarmNode } from "../swarm/args";
import type { WantedNode } from "./node";
import { type HostSoftware, userData } from "./user-data";

/** Arguments of {@link NodePool}. */
export interface NodePoolArgs {
  /** What the hostnames start with. */
  readonly cluster: string;
  readonly nodes: readonly WantedNode[];
  readonly region: pulumi.Input<string>;
  /** @default the region's default VPC */
  readonly vpcId?: pulumi.Input<string>;
  readonly tags: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids or fingerprints of the keys that may log in. */
  readonly sshKeys: pulumi.Input<pulumi.Input<string>[]>;
  readonly software: HostSoftware;
  readonly ports: SwarmPorts;
  /** Who logs in. */
  readonly user: pulumi.Input<string>;
  /** Is there before the droplets and goes after them, so that none is ever without it. */
  readonly firewall: pulumi.Resource;
}

/** The droplets of one pool, and the SSH host key that they share. */
export class NodePool extends pulumi.ComponentResource {
  /** The nodes, with the hosts that they are on. */
  public readonly nodes: readonly SwarmNode[];
  /** As DigitalOcean's projects know them. */
  public readonly dropletUrns: readonly pulumi.Output<string>[];
  /** OpenSSH public key by which every host of the pool is verified. */
  public readonly hostKey: pulumi.Output<string>;
  /** Of the VPC that the droplets are in. None where there is no droplet. */
  public readonly vpcId?: pulumi.Output<string>;

  public constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:NodePool", name, {}, opts);
    const key = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
    this.hostKey = key.publicKeyOpenssh;
    const data = pulumi.secret(
      pulumi
        .all([key.privateKeyOpenssh, key.publicKeyOpenssh, pulumi.output(args.software), args.user])
        .apply(([hostPrivateKey, hostPublicKey, software, user]) =>
          userData({ ...software, ports: args.ports, user, hostPrivateKey, hostPublicKey }),
        ),
    );
    const droplets = args.nodes.map(node => ({ node, droplet: this.droplet(node, args, data) }));
    this.nodes = droplets.map(({ node, droplet }) => this.onDroplet(node, droplet));
    this.dropletUrns = droplets.map(({ droplet }) => droplet.dropletUrn);
    this.vpcId = droplets[0]?.droplet.vpcUuid;
    this.registerOutputs({ hostKey: this.hostKey });
  }

  private onDroplet(node: WantedNode, droplet: digitalocean.Droplet): SwarmNode {
    const { name, role, pool, labels, availability } = node;
    return {
      name,
      role,
      pool,
      labels,
      availability,
      hostKey: this.hostKey,
      identity: droplet.id,
      host: droplet.id.apply(dropletId =>
        droplet.name.apply(hostname =>
          droplet.ipv4Address.apply(publicAddress =>
            droplet.ipv4AddressPrivate.apply(privateAddress =>
              droplet.ipv6Address.apply(publicIpv6 => ({
                hostname,
                publicAddress,
                // Empty where there is none.
                ...(publicIpv6 ? { publicIpv6 } : {}),
                privateAddress,
                dropletId,
              })),
            ),
          ),
        ),
      ),
    };
  }

  /**
   * No explicit droplet name: Pulumi's unique one lets a replacement start before the old droplet goes. What would
   * replace or reboot a running droplet is ignored until its revision changes, and said.
   */
  private droplet(node: WantedNode, args: NodePoolArgs, data: pulumi.Output<string>): digitalocean.Droplet {
    const { size, image, monitoring, backups, ipv6 } = node;
    const droplet = new digitalocean.Droplet(
      `${args.cluster}-${node.name}`,
      {
        region: args.region,
        size,
        image,
        ...given({ monitoring, backups, ipv6 }),
        ...(args.vpcId === undefined ? {} : { vpcUuid: args.vpcId }),
        tags: args.tags,
        sshKeys: args.sshKeys,
        userData: data,
      },
      {
        parent: this,
        dependsOn: [args.firewall],
        ignoreChanges: ["region", "size", "image", "monitoring", "ipv6", "vpcUuid", "sshKeys", "userData"],
        customTimeouts: SLOW_DELETES,
      },
    );
    pulumi
      .all([
        { size: droplet.size, image: droplet.image, monitoring: droplet.monitoring, ipv6: droplet.ipv6 },
        { size, image, monitoring, ipv6 },
      ])
      .apply(([running, wanted]) => {
        const edits = ignoredEdits(running, wanted);
        if (edits) void pulumi.log.warn(`${node.name} ${edits}`, droplet);
      });
    return droplet;
  }
}

/** What was said: a property that is not there stays as it is, also on a droplet of an earlier release. */
function given<T extends object>(properties: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** A droplet's, or a node's. What is not said is off. */
interface Machine {
  readonly size: string;
  readonly image: string;
  readonly monitoring?: boolean;
  readonly ipv6?: boolean;
}

/**
 * What the program asks for and a running droplet is not given, as a sentence about it; `undefined` when it is as
 * asked. Replacing or rebooting nodes is the user's decision, made by changing `revision`.
 */
export function ignoredEdits(running: Machine, wanted: Machine): string | undefined {
  const edits = (["size", "image", "monitoring", "ipv6"] as const)
    .map(key => ({ key, is: inWords(running[key]), asked: inWords(wanted[key]) }))
    .filter(({ is, asked }) => is !== asked)
    .map(({ key, is, asked }) => `${key} ${is}, not ${asked}`);
  if (edits.length === 0) return undefined;
  return `keeps ${edits.join(" and ")}: running nodes are not replaced by an edit. Change its \`revision\` to replace it`;
}

function inWords(value: string | boolean | undefined): string {
  if (typeof value === "string") return value;
  return value ? "on" : "off";
}
