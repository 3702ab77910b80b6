import * as pulumi from "@pulumi/pulumi";

import type { SwarmClusterArgs } from "./args";
import { isWorld } from "./network/cidr";
import { Network } from "./network/network";
import { vpcOf } from "./network/vpc";
import { NodePool } from "./nodes/node-pool";
import { assignToProject } from "./nodes/project";
import { MANAGERS } from "./nodes/resolve";
import { map } from "./reader";
import { resolve } from "./resolve";
import { loginKey } from "./ssh/login-key";
import type { NodeOutput } from "./swarm/args";
import type { DockerApiOutput } from "./swarm/docker-api/docker-api";
import { Swarm } from "./swarm/swarm";

/** A Docker Swarm on DigitalOcean. Its outputs are those of a stack that has it. */
export class SwarmCluster extends pulumi.ComponentResource {
  /** The swarm's own ID. */
  public readonly clusterId: pulumi.Output<string>;
  /** The first of them initialised the swarm, or took the place of one that did. */
  public readonly managers: pulumi.Output<NodeOutput[]>;
  /** Pool after pool. */
  public readonly workers: pulumi.Output<NodeOutput[]>;
  /** Address at which the control plane is reached: a reserved IP that moves to the next first manager. */
  public readonly controlEndpoint: pulumi.Output<string>;
  /** Lets workers join. Secret. */
  public readonly workerToken: pulumi.Output<string>;
  /** Lets managers join. Secret. */
  public readonly managerToken: pulumi.Output<string>;
  /** Unlocks a manager after its engine was restarted. Secret. Only with `swarm.autolock`. */
  public readonly unlockKey?: pulumi.Output<string>;
  /** Who logs in: root, or `ssh.user`. */
  public readonly sshUser: pulumi.Output<string>;
  /** Where: 22, or `ssh.port`. */
  public readonly sshPort: pulumi.Output<number>;
  /** OpenSSH private key. Secret. */
  public readonly sshPrivateKey: pulumi.Output<string>;
  /** OpenSSH public key by which the control endpoint is verified: a line of `known_hosts` without its address. */
  public readonly sshHostKey: pulumi.Output<string>;
  /** What `docker context create --docker host=...` takes, and `DOCKER_HOST`. */
  public readonly dockerHost: pulumi.Output<string>;
  /** How the Docker API is reached over TLS. Only with `firewall.dockerApiFrom`. */
  public readonly dockerApi?: DockerApiOutput;
  /** The tag that all droplets of the cluster have: for load balancers, databases' trusted sources, further firewalls. */
  public readonly tag: pulumi.Output<string>;
  /** Id of the cluster's firewall. */
  public readonly firewallId: pulumi.Output<string>;
  /** Id of the VPC that the droplets are in. */
  public readonly vpcId: pulumi.Output<string>;
  /** Range of that VPC. */
  public readonly vpcRange: pulumi.Output<string>;

  /**
   * @param name - Starts every resource's name and every hostname: lower case letters, digits and hyphens.
   * @throws InvalidArgsError that lists every fault, before any resource is made.
   */
  public constructor(name: string, args: SwarmClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = resolve(name, args);
    super("digitalocean-swarm:index:SwarmCluster", name, {}, opts);
    const child = { parent: this };
    const { subject, region, software, swarm: swarmSettings } = settings;
    pulumi.output(args.firewall.sshFrom).apply(ranges => {
      if (ranges.some(isWorld))
        void pulumi.log.warn("firewall.sshFrom opens SSH to the world; your own address is enough", this);
    });

    const ssh = loginKey(name, args.ssh, child);
    const network = new Network(
      name,
      {
        ...settings.network,
        subject,
        region,
        ports: swarmSettings.ports,
        addressPools: swarmSettings.addressPools,
      },
      child,
    );
    const tags = pulumi.all([network.tag.name, settings.tags]).apply(([own, others]) => [own, ...others]);
    const sshKeys = pulumi
      .all([ssh.fingerprint, args.ssh?.additionalKeys ?? []])
      .apply(([own, others]) => [own, ...others.map(String)]);
    const pool = (key: string) =>
      new NodePool(
        `${name}-${key}`,
        {
          cluster: name,
          nodes: settings.nodes.filter(node => node.pool === key),
          region,
          vpcId: network.vpc?.id,
          tags,
          sshKeys,
          software,
          ports: swarmSettings.ports,
          user: settings.ssh.user,
          firewall: network.firewall,
        },
        child,
      );
    const managers = pool(MANAGERS);
    const workers = Object.keys(args.workers ?? {}).map(pool);
    if (settings.project !== undefined)
      assignToProject(name, settings.project, [managers, ...workers], child);
    const swarm = new Swarm(
      name,
      {
        nodes: [managers, ...workers].flatMap(({ nodes }) => nodes),
        ssh: { ...settings.ssh, privateKey: ssh.privateKey },
        controlAddress: network.reservedIp.ipAddress,
        reservedIp: network.reservedIp,
        lifetime: network.tag,
        dockerApi: settings.dockerApi,
        settings: swarmSettings,
        sshFrom: map(settings.network.firewall, ({ sshFrom }) => sshFrom),
      },
      child,
    );

    this.clusterId = swarm.clusterId;
    this.managers = swarm.managers;
    this.workers = swarm.workers;
    this.controlEndpoint = network.reservedIp.ipAddress;
    this.workerToken = swarm.workerToken;
    this.managerToken = swarm.managerToken;
    if (swarm.unlockKey) this.unlockKey = swarm.unlockKey;
    const { user, port } = settings.ssh;
    this.sshUser = pulumi.output(user);
    this.sshPort = pulumi.output(port);
    this.sshPrivateKey = ssh.privateKey;
    this.sshHostKey = managers.hostKey.apply(key => key.trim());
    this.dockerHost = pulumi.interpolate`ssh://${user}@${this.controlEndpoint}${port === 22 ? "" : `:${port}`}`;
    if (swarm.dockerApi) this.dockerApi = swarm.dockerApi;
    this.tag = network.tag.name;
    this.firewallId = network.firewall.id;
    const vpc = network.vpc ?? vpcOf(managers.vpcId, child);
    this.vpcId = vpc.id;
    this.vpcRange = vpc.range;
    this.registerOutputs({
      clusterId: this.clusterId,
      managers: this.managers,
      workers: this.workers,
      controlEndpoint: this.controlEndpoint,
      workerToken: this.workerToken,
      managerToken: this.managerToken,
      unlockKey: this.unlockKey,
      sshUser: this.sshUser,
      sshPort: this.sshPort,
      sshPrivateKey: this.sshPrivateKey,
      sshHostKey: this.sshHostKey,
      dockerHost: this.dockerHost,
      dockerApi: this.dockerApi,
      tag: this.tag,
      firewallId: this.firewallId,
      vpcId: this.vpcId,
      vpcRange: this.vpcRange,
    });
  }
}
