import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

import type { SwarmClusterArgs } from "./args";
import { type ApiServer, DockerApi, type DockerApiOutput } from "./docker-api/docker-api";
import { raise } from "./faults";
import { isWorld } from "./network/cidr";
import { ControlEndpoint } from "./network/control-endpoint";
import { Network } from "./network/network";
import { DEFAULT_POOLS } from "./network/ranges";
import { type Host, NodePool } from "./nodes/node-pool";
import { MANAGERS, poolNodes } from "./nodes/roster";
import { DOCKER_MIRROR } from "./nodes/user-data";
import { swarmPorts } from "./ports";
import type { NodeOutput, SwarmNode, SwarmPool } from "./swarm/args";
import { Swarm } from "./swarm/swarm";
import { validate } from "./validate";

/** A Docker Swarm on DigitalOcean. */
export class SwarmCluster extends pulumi.ComponentResource {
  public readonly clusterId: pulumi.Output<string>;
  public readonly managers: pulumi.Output<NodeOutput[]>;
  public readonly workers: pulumi.Output<NodeOutput[]>;
  /** Address at which the control plane is reached: the reserved IP, or the first manager's. */
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
    raise(`SwarmCluster "${name}"`, validate(name, args));
    super("digitalocean-swarm:index:SwarmCluster", name, {}, opts);
    const child = { parent: this };
    if (args.firewall.sshFrom.some(isWorld)) {
      void pulumi.log.warn("firewall.sshFrom opens SSH to the world; your own address is enough", this);
    }

    const ssh = loginKey(name, args, child);
    const network = new Network(name, args, child);
    const pool = (pool: string, nodes: ReturnType<typeof poolNodes>) =>
      new NodePool(
        `${name}-${pool}`,
        {
          cluster: name,
          nodes,
          region: args.region,
          vpcId: network.vpcId,
          tags: [network.tag.name, ...(args.tags ?? [])],
          sshKeys: [ssh.fingerprint, ...(args.ssh?.additionalKeys ?? [])],
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
    const control =
      args.controlEndpoint === "firstManager"
        ? undefined
        : new ControlEndpoint(`${name}-control`, { region: args.region }, child);
    const swarm = new Swarm(
      name,
      {
        managers: swarmPool(MANAGERS, managers),
        workers: workers.map(({ name: key, pool: nodes }) => swarmPool(key, nodes)),
        ssh: { user: "root", privateKey: ssh.privateKey },
        controlAddress: control?.address,
        lifetime: network.tag,
        options: { addressPools: DEFAULT_POOLS, ...args.swarm },
        timeouts: args.timeouts,
      },
      child,
    );
    const first = firstHost(managers);
    control?.assignTo(
      `${name}-control`,
      swarm.firstManagerIn.apply(() => first.droplet.id),
    );

    const api = args.firewall.dockerApiFrom?.length
      ? new DockerApi(
          `${name}-docker-api`,
          {
            servers: apiServers(managers),
            context: swarm.context,
            renewal: args.dockerApi?.renewal ?? 0,
            // No engine is restarted while nodes are being joined and settled.
            after: swarm.settled,
            ...(swarm.unlockKey ? { unlockKey: swarm.unlockKey } : {}),
          },
          child,
        )
      : undefined;

    this.clusterId = swarm.clusterId;
    this.managers = swarm.managers;
    this.workers = swarm.workers;
    this.controlEndpoint = control?.address ?? first.droplet.ipv4Address;
    this.workerToken = swarm.workerToken;
    this.managerToken = swarm.managerToken;
    if (swarm.unlockKey) this.unlockKey = swarm.unlockKey;
    this.sshUser = pulumi.output("root");
    this.sshPrivateKey = ssh.privateKey;
    this.sshHostKey = managers.hostKey.apply(key => key.trim());
    this.dockerHost = pulumi.interpolate`ssh://${this.sshUser}@${this.controlEndpoint}`;
    if (api) this.dockerApi = api.output;
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

/** The pair that logs in, the user's or a generated one, and its key at DigitalOcean. */
function loginKey(name: string, args: SwarmClusterArgs, opts: pulumi.CustomResourceOptions) {
  const generated =
    args.ssh?.privateKey === undefined
      ? new tls.PrivateKey(`${name}-ssh`, { algorithm: "ED25519" }, opts)
      : undefined;
  const publicKey = pulumi
    .output(args.ssh?.publicKey ?? generated?.publicKeyOpenssh ?? "")
    .apply(key => key.trim());
  const privateKey = pulumi.secret(pulumi.output(args.ssh?.privateKey ?? generated?.privateKeyOpenssh ?? ""));
  const { fingerprint } = new digitalocean.SshKey(`${name}-ssh`, { publicKey }, opts);
  return { privateKey, fingerprint };
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

function apiServers(managers: NodePool): ApiServer[] {
  return managers.hosts.map(host => ({
    node: swarmNode(host, managers),
    host: host.droplet,
  }));
}
