import * as pulumi from "@pulumi/pulumi";

import { DOCKER_API_PORT } from "../../network/ports";
import type { SwarmNode } from "../args";
import type { SwarmContext } from "../context";
import { script } from "../script";
import { Authority } from "./certificates";

/** What a client of the Docker API needs. */
export interface DockerApiOutput {
  /** `tcp://ADDRESS:2376` of the control endpoint. */
  readonly host: pulumi.Output<string>;
  /** PEM, for `ca.pem`. */
  readonly ca: pulumi.Output<string>;
  /** PEM, for `cert.pem`. */
  readonly certificate: pulumi.Output<string>;
  /** PEM, for `key.pem`. Whoever has it is root on the managers. Secret. */
  readonly key: pulumi.Output<string>;
}

/** What a server of the Docker API is given, as the scripts take it. Secret. */
export interface ServerFiles {
  readonly CA: string;
  readonly CERTIFICATE: string;
  readonly KEY: string;
}

/** Arguments of {@link DockerApi}. */
export interface DockerApiServers {
  readonly managers: readonly SwarmNode[];
  readonly context: SwarmContext;
  /** Another number replaces the authority and all certificates. Where there is none, the API is off. */
  readonly renewal?: number;
}

/**
 * The managers' Docker API over TLS on 2376, for clients that a certificate identifies. A host that becomes a manager
 * serves it before it joins; a manager whose API is turned on, renewed or turned off restarts its engine. There is a
 * Command for each manager in any case, with what is wanted as its input: so turning it off is a change of a Command, not
 * its deletion, which would have to reach a host that may be gone.
 */
export class DockerApi extends pulumi.ComponentResource {
  /** Only where it is on. */
  public readonly output?: DockerApiOutput;
  private readonly files = new Map<SwarmNode, pulumi.Output<ServerFiles>>();

  public constructor(
    name: string,
    private readonly args: DockerApiServers,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("digitalocean-swarm:index:DockerApi", name, {}, opts);
    const { context, managers, renewal } = args;
    if (renewal !== undefined) {
      const authority = new Authority(renewal === 0 ? name : `${name}-${renewal}`, { parent: this });
      for (const node of managers) {
        const { certificate, key } = authority.server(
          node.name,
          [node.host.hostname],
          [node.host.publicAddress, node.host.privateAddress, context.controlAddress],
        );
        const files = pulumi
          .all([authority.certificate, certificate, key])
          .apply(([CA, CERTIFICATE, KEY]) => ({ CA, CERTIFICATE, KEY }));
        this.files.set(node, pulumi.secret(files));
      }
      this.output = {
        host: pulumi.interpolate`tcp://${context.controlAddress}:${DOCKER_API_PORT}`,
        ca: authority.certificate,
        ...authority.client("client"),
      };
    }
    this.registerOutputs({ output: this.output });
  }

  /** What a manager is to serve it with; nothing where it is off. */
  public filesOf(node: SwarmNode): pulumi.Output<ServerFiles> | undefined {
    return this.files.get(node);
  }

  /**
   * Turns it on or off on the managers, one after the other.
   *
   * @param after - What must not be disturbed: engines are restarted.
   * @param unlockKey - Unlocks a manager after its engine was restarted; where the swarm is locked. Secret.
   */
  public reconcile(after: readonly pulumi.Resource[], unlockKey?: pulumi.Input<string>): void {
    const { context, managers } = this.args;
    let earlier = after;
    for (const node of managers) {
      const files = this.files.get(node);
      const stdin = pulumi
        .all([unlockKey ?? "", files])
        .apply(([UNLOCK_KEY, on]) =>
          script("docker-api", node.name, { WANTED: on ? "on" : "off", UNLOCK_KEY, ...on }),
        );
      const done = context.run(
        {
          name: `${node.name}-docker-api`,
          script: "docker-api",
          at: files ? "create" : "update",
          about: node.name,
          on: node,
          stdin: pulumi.secret(stdin),
          seconds: 600,
          identity: [node.identity],
        },
        { parent: this, dependsOn: [...earlier] },
      );
      earlier = [done];
    }
  }
}
