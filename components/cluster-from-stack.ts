import type * as pulumi from "@pulumi/pulumi";

import { UserError } from "./faults";
import type { DockerApiOutput } from "./swarm/docker-api/docker-api";
import type { SwarmCluster } from "./swarm-cluster";

/**
 * The outputs of a cluster's stack, as `SwarmCluster` has them. Each is looked for when it is used: one that the stack does
 * not have is an error for those alone who use it.
 */
export interface ClusterOutputs extends Omit<
  SwarmCluster,
  keyof pulumi.ComponentResource | "dockerApi" | "unlockKey"
> {
  /** Unlocks a manager after its engine was restarted. Secret. `undefined` without `swarm.autolock`. */
  readonly unlockKey: pulumi.Output<string | undefined>;
  /** How the Docker API is reached over TLS. Secret as a whole. `undefined` without `firewall.dockerApiFrom`. */
  readonly dockerApi: pulumi.Output<pulumi.UnwrappedObject<DockerApiOutput> | undefined>;
}

/** Whether every cluster's stack has it. */
const OUTPUTS: Readonly<Record<keyof ClusterOutputs, "always" | "sometimes">> = {
  clusterId: "always",
  managers: "always",
  workers: "always",
  controlEndpoint: "always",
  workerToken: "always",
  managerToken: "always",
  unlockKey: "sometimes",
  sshUser: "always",
  sshPort: "always",
  sshPrivateKey: "always",
  sshHostKey: "always",
  dockerHost: "always",
  dockerApi: "sometimes",
  tag: "always",
  firewallId: "always",
  vpcId: "always",
  vpcRange: "always",
};

/**
 * What another project knows of a cluster: the outputs of its stack, with their types. Secrets stay secret.
 *
 * The stack is one of this package's own program, or of any that exports what its `SwarmCluster` has by the same names.
 *
 * @example
 * const cluster = clusterFromStack(new pulumi.StackReference("organization/digitalocean-swarm/prod"));
 * new digitalocean.LoadBalancer("web", { region: "fra1", dropletTag: cluster.tag, forwardingRules });
 *
 * @throws UserError that names the stack and the output, where one is used that the stack does not have.
 */
export function clusterFromStack(reference: pulumi.StackReference): ClusterOutputs {
  const outputs = {};
  for (const [name, there] of Object.entries(OUTPUTS))
    Object.defineProperty(outputs, name, { enumerable: true, get: () => look(reference, name, there) });
  return outputs as ClusterOutputs;
}

function look(
  reference: pulumi.StackReference,
  name: string,
  there: "always" | "sometimes",
): pulumi.Output<unknown> {
  const output: pulumi.Output<unknown> = reference.getOutput(name);
  if (there === "sometimes") return output;
  return output.apply(value => {
    if (value !== undefined) return value;
    return reference.name.apply((stack): never => {
      throw new UserError(
        `stack "${stack}" has no output "${name}": it is not the stack of a cluster, or no \`pulumi up\` has succeeded there, or its program does not export what \`SwarmCluster\` has as "${name}"`,
      );
    });
  });
}
