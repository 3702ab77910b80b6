import * as pulumi from "@pulumi/pulumi";

import type { SwarmNode } from "../swarm/args";
import type { SwarmContext } from "../swarm/remote";
import { script } from "../swarm/script";
import { Authority } from "./certificates";

/** What a client of the Docker API needs. */
export interface DockerApiOutput {
  /** `tcp://ADDRESS:2376` of the control endpoint. */
  readonly host: string;
  /** PEM, for `ca.pem`. */
  readonly ca: string;
  /** PEM, for `cert.pem`. */
  readonly certificate: string;
  /** PEM, for `key.pem`. Whoever has it is root on the managers. Secret. */
  readonly key: string;
}

/** A manager, and what goes when it goes. */
export interface ApiServer {
  readonly node: SwarmNode;
  readonly host: pulumi.Resource;
}

/** Arguments of {@link DockerApi}. */
export interface DockerApiArgs {
  readonly servers: readonly ApiServer[];
  readonly context: SwarmContext;
  /** Another number replaces the authority and all certificates. */
  readonly renewal: number;
  /** What must not be disturbed: the engines are restarted, one after the other. */
  readonly after: readonly pulumi.Resource[];
  /** Unlocks a manager after its engine was restarted; where the swarm is locked. Secret. */
  readonly unlockKey?: pulumi.Input<string>;
}

/** The managers' Docker API over TLS on 2376, for clients that a certificate identifies. */
export class DockerApi extends pulumi.ComponentResource {
  public readonly output: pulumi.Output<DockerApiOutput>;

  public constructor(name: string, args: DockerApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("digitalocean-swarm:index:DockerApi", name, {}, opts);
    const child = { parent: this };
    const { context } = args;
    const authority = new Authority(args.renewal === 0 ? name : `${name}-${args.renewal}`, child);
    let earlier = args.after;
    for (const { node, host } of args.servers) {
      const { certificate, key } = authority.server(
        node.name,
        [node.host.hostname],
        [
          node.host.publicAddress,
          node.host.privateAddress,
          ...(context.args.controlAddress ? [context.controlAddress] : []),
        ],
      );
      const stdin = pulumi
        .all([authority.certificate, certificate, key, args.unlockKey ?? ""])
        .apply(([CA, CERTIFICATE, KEY, UNLOCK_KEY]) =>
          script("docker-api", node.name, { CA, CERTIFICATE, KEY, UNLOCK_KEY }),
        );
      const served = context.run(
        {
          name: `${node.name}-docker-api`,
          script: "docker-api",
          at: "both",
          about: node.name,
          connection: context.toNode(node),
          stdin: pulumi.secret(stdin),
          seconds: 300,
          triggers: [node.identity],
        },
        { parent: this, dependsOn: [...earlier], deletedWith: host },
      );
      earlier = [served];
    }
    const client = authority.client("client");
    this.output = pulumi
      .all([context.controlAddress, authority.certificate, client.certificate, client.key])
      .apply(([address, ca, certificate, key]) => ({ host: `tcp://${address}:2376`, ca, certificate, key }));
    this.registerOutputs({ output: this.output });
  }
}
