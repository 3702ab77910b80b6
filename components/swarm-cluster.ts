import * as pulumi from "@pulumi/pulumi";

import type { SwarmClusterArgs } from "./args";
import type { DockerApiOutput } from "./docker-api/docker-api";
import { raise } from "./faults";
import { isWorld } from "./network/cidr";
import { ControlEndpoint } from "./network/control-endpoint";
import { Network } from "./network/network";
import { DEFAULT_POOLS } from "./network/ranges";
import { type Host, NodePool } from "./nodes/node-pool";
import { MANAGERS, poolNodes } from "./nodes/roster";
import { DOCKER_MIRROR } from "./nodes/user-data";
import { swarmPorts } from "./ports";
import { deadAgent } from "./ssh/agent";
import { loginKey } from "./ssh/login-key";
import type { NodeOutput, SwarmNode, SwarmPool } from "./swarm/args";
import { Swarm } from "./swarm/swarm";
import { validate } from "./validate";

/** A Docker Swarm on DigitalOcean. */
export class SwarmCluster extends pulumi.ComponentResource {
  public readonly clusterId: pulumi.Output<string>;
  public readonly managers: pulumi.Output<NodeOutput[]>;
  public readonly workers: pulumi.Output<NodeOutput[]>;
  /** Address at which the control plane is reached: a reserved IP that moves to the next first manager. */
  public readonly controlEndpoint: pulumi.Output<string>;
  /** Secret. */
  public readonly workerToken: pulumi.Output<string>;
  /** Secret. */
  public readonly managerToken: pulumi.Output<string>;
  /** Unlocks a manager after its engine was restarted. Secret. Only with `swarm.autolock`. */
  public readonly unlockKey?: pulumi.Output<string>;
  public readonly sshUser: pulumi.Output<string>;
  /** OpenSSH private key. Secret. */
  public readonly sshPrivateKey: pulumi.Output<string>;
  /** OpenSSH public key by which the control endpoint is verified: a line of `known_hosts` without its address. */
  public readonly sshHostKey: pulumi.Output<string>;
  /** What `docker context create --docker host=...` takes, and `DOCKER_HOST`. */
  public readonly dockerHost: pulumi.Output<string>;
  /** How the Docker API is reached over TLS. Its key is secret. Only with `firewall.dockerApiFrom`. */
  public readonly dockerApi?: pulumi.Output<DockerApiOutput>;

  /**
   * @param name - Starts every resource's name and every hostname: lower case letters, digits and hyphens.
   * @throws InvalidArgsError that lists every fault, before any resource is made.
   */
  public constructor(name: string, args: SwarmClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    raise(`SwarmCluster "${name}"`, [...validate(name, args), ...deadAgent()]);
    super("digitalocean-swarm:index:SwarmCluster", name, {}, opts);
    const child = { parent: this };
    if (args.firewall.sshFrom.some(isWorld)) {
      void pulumi.log.warn("firewall.sshFrom opens SSH to the world; your own address is enough", this);
    }

    const ssh = loginKey(name, args.ssh, child);
    const network = new Network(name, args, child);
    const pool = (pool: string, nodes: ReturnType<typeof poolNodes>) =>
      new NodePool(
        `${name}-${pool}`,
        {
          cluster: name,
          nodes,
          region: args.region,
          ...(network.vpcId ? { vpcId: network.vpcId } : {}),
          tags: [network.tag.name, ...(args.tags ?? [])],
          sshKeys: [
            ssh.fingerprint,
            ...(args.ssh?.additionalKeys ?? []).map(key => pulumi.output(key).apply(String)),
          ],
          dockerVersion: args.dockerVersion ?? "any",
          dockerMirror: args.dockerMirror ?? DOCKER_MIRROR,
          securityUpdates: args.securityUpdates ?? "image",
          ports: swarmPorts(args.swarm),
          firewall: network.firewall,
        },
        child,
      );
    const managers = pool(MANAGERS, poolNodes(MANAGERS, "manager", args.managers));
    const workers = Object.entries(args.workers ?? {}).map(([key, poolArgs]) => ({
      name: key,
      pool: pool(key, poolNodes(key, "worker", poolArgs)),
    }));
    const control = new ControlEndpoint(`${name}-control`, { region: args.region }, child);
    const swarm = new Swarm(
      name,
      {
        managers: swarmPool(MANAGERS, managers),
        workers: workers.map(({ name: key, pool: nodes }) => swarmPool(key, nodes)),
        ssh: { user: "root", privateKey: ssh.privateKey },
        controlAddress: control.address,
        lifetime: network.tag,
        ...(args.firewall.dockerApiFrom?.length
          ? { dockerApi: { renewal: args.dockerApi?.renewal ?? 0 } }
          : {}),
        options: { addressPools: DEFAULT_POOLS, ...args.swarm },
        timeouts: args.timeouts,
      },
      child,
    );
    const first = firstHost(managers);
    control.assignTo(
      `${name}-control`,
      swarm.firstManagerIn.apply(() => first.droplet.id),
    );

    this.clusterId = swarm.clusterId;
    this.managers = swarm.managers;
    this.workers = swarm.workers;
    this.controlEndpoint = control.address;
    this.workerToken = swarm.workerToken;
    this.managerToken = swarm.managerToken;
    if (swarm.unlockKey) this.unlockKey = swarm.unlockKey;
    this.sshUser = pulumi.output("root");
    this.sshPrivateKey = ssh.privateKey;
    this.sshHostKey = managers.hostKey.apply(key => key.trim());
    this.dockerHost = pulumi.interpolate`ssh://${this.sshUser}@${this.controlEndpoint}`;
    if (swarm.dockerApi) this.dockerApi = swarm.dockerApi;
    this.registerOutputs({
      clusterId: this.clusterId,
      managers: this.managers,
      workers: this.workers,
      controlEndpoint: this.controlEndpoint,
      workerToken: this.workerToken,
      managerToken: this.managerToken,
      unlockKey: this.unlockKey,
      sshUser: this.sshUser,
      sshPrivateKey: this.sshPrivateKey,
      sshHostKey: this.sshHostKey,
      dockerHost: this.dockerHost,
      dockerApi: this.dockerApi,
    });
  }
}

function firstHost(managers: NodePool): Host {
  const first = managers.hosts[0];
  if (!first) throw new pulumi.RunError("a swarm needs a manager");
  return first;
}

function swarmNode({ node, droplet }: Host, { hostKey }: NodePool): SwarmNode {
  return {
    name: node.name,
    identity: droplet.id,
    host: droplet.name.apply(hostname =>
      droplet.ipv4Address.apply(publicAddress =>
        droplet.ipv4AddressPrivate.apply(privateAddress => ({ hostname, publicAddress, privateAddress })),
      ),
    ),
    hostKey,
    labels: node.labels,
    availability: node.availability,
  };
}

function swarmPool(name: string, pool: NodePool): SwarmPool {
  return { name, nodes: pool.hosts.map(host => swarmNode(host, pool)) };
}
