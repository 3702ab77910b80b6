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
    this.vpcId = droplets[0]?.droplet.vpcUuid;
    this.registerOutputs({ hostKey: this.hostKey });
  }

  private onDroplet(node: WantedNode, droplet: digitalocean.Droplet): SwarmNode {
    const { name, role, pool, labels, availability } = node;
    return {
      ...{ name, role, pool, labels, availability },
      hostKey: this.hostKey,
      identity: droplet.id,
      host: droplet.id.apply(dropletId =>
        droplet.name.apply(hostname =>
          droplet.ipv4Address.apply(publicAddress =>
            droplet.ipv4AddressPrivate.apply(privateAddress => ({
              hostname,
              publicAddress,
              privateAddress,
              dropletId,
            })),
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
    const { size, image } = node;
    const droplet = new digitalocean.Droplet(
      `${args.cluster}-${node.name}`,
      {
        region: args.region,
        size,
        image,
        ...(args.vpcId === undefined ? {} : { vpcUuid: args.vpcId }),
        tags: args.tags,
        sshKeys: args.sshKeys,
        userData: data,
      },
      {
        parent: this,
        dependsOn: [args.firewall],
        ignoreChanges: ["region", "size", "image", "vpcUuid", "sshKeys", "userData"],
        customTimeouts: SLOW_DELETES,
      },
    );
    pulumi
      .all([droplet.size, droplet.image, size, image])
      .apply(([itsSize, itsImage, wantedSize, wantedImage]) => {
        const edits = ignoredEdits(
          { size: itsSize, image: itsImage },
          { size: wantedSize, image: wantedImage },
        );
        if (edits) void pulumi.log.warn(`${node.name} ${edits}`, droplet);
      });
    return droplet;
  }
}

/** A droplet's, or a node's. */
interface Machine {
  readonly size: string;
  readonly image: string;
}

/**
 * What the program asks for and a running droplet is not given, as a sentence about it; `undefined` when it is as
 * asked. Replacing or rebooting nodes is the user's decision, made by changing `revision`.
 */
export function ignoredEdits(running: Machine, wanted: Machine): string | undefined {
  const edits = (["size", "image"] as const)
    .filter(key => running[key] !== wanted[key])
    .map(key => `${key} ${running[key]}, not ${wanted[key]}`);
  if (edits.length === 0) return undefined;
  return `keeps ${edits.join(" and ")}: running nodes are not replaced by an edit. Change its \`revision\` to replace it`;
}
