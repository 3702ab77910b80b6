import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

import type { SwarmPorts } from "../ports";
import { SLOW_DELETES } from "../slow-deletes";
import { ignoredEdits } from "./ignored-edits";
import type { WantedNode } from "./roster";
import { userData } from "./user-data";

/** Arguments of {@link NodePool}. */
export interface NodePoolArgs {
  /** What the hostnames start with. */
  readonly cluster: string;
  readonly nodes: readonly WantedNode[];
  readonly region: string;
  /** @default the region's default VPC */
  readonly vpcId?: pulumi.Input<string>;
  readonly tags: readonly pulumi.Input<string>[];
  /** Ids or fingerprints of the keys that may log in as root. */
  readonly sshKeys: readonly pulumi.Input<string>[];
  readonly dockerVersion: string;
  readonly dockerMirror: string;
  readonly securityUpdates: "image" | "on" | "off";
  readonly ports: SwarmPorts;
  /** Is there before the droplets and goes after them, so that none is ever without it. */
  readonly firewall: pulumi.Resource;
}

/** A node's droplet. */
export interface Host {
  readonly node: WantedNode;
  readonly droplet: digitalocean.Droplet;
}

/** The droplets of one pool, and the SSH host key that they share. */
export class NodePool extends pulumi.ComponentResource {
  public readonly hosts: readonly Host[];
  /** OpenSSH public key by which every host of the pool is verified. */
  public readonly hostKey: pulumi.Output<string>;

  public constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:NodePool", name, {}, opts);
    const key = new tls.PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
    this.hostKey = key.publicKeyOpenssh;
    const data = pulumi.secret(
      pulumi.all([key.privateKeyOpenssh, key.publicKeyOpenssh]).apply(([hostPrivateKey, hostPublicKey]) =>
        userData({
          dockerVersion: args.dockerVersion,
          dockerMirror: args.dockerMirror,
          securityUpdates: args.securityUpdates,
          ports: args.ports,
          hostPrivateKey,
          hostPublicKey,
        }),
      ),
    );
    this.hosts = args.nodes.map(node => ({ node, droplet: this.droplet(node, args, data) }));
    this.registerOutputs({ hostKey: this.hostKey });
  }

  /**
   * No explicit droplet name: Pulumi's unique one lets a replacement start before the old droplet goes. What would
   * replace or reboot a running droplet is ignored until its revision changes, and said.
   */
  private droplet(node: WantedNode, args: NodePoolArgs, data: pulumi.Output<string>): digitalocean.Droplet {
    const droplet = new digitalocean.Droplet(
      `${args.cluster}-${node.name}`,
      {
        region: args.region,
        size: node.size,
        image: node.image,
        ...(args.vpcId === undefined ? {} : { vpcUuid: args.vpcId }),
        tags: [...args.tags],
        sshKeys: [...args.sshKeys],
        userData: data,
      },
      {
        parent: this,
        dependsOn: [args.firewall],
        ignoreChanges: ["region", "size", "image", "vpcUuid", "sshKeys", "userData"],
        customTimeouts: SLOW_DELETES,
      },
    );
    droplet.size.apply(size =>
      droplet.image.apply(image => {
        const edits = ignoredEdits({ size, image }, node);
        if (edits) void pulumi.log.warn(`${node.name} ${edits}`, droplet);
      }),
    );
    return droplet;
  }
}
