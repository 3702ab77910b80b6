import "./stack-traces";

import { SwarmCluster } from "digitalocean-swarm";

import { readConfig } from "./config";

const { name, args } = readConfig();
const cluster = new SwarmCluster(name, args);

export = {
  clusterId: cluster.clusterId,
  managers: cluster.managers,
  workers: cluster.workers,
  controlEndpoint: cluster.controlEndpoint,
  workerToken: cluster.workerToken,
  managerToken: cluster.managerToken,
  sshUser: cluster.sshUser,
  sshPort: cluster.sshPort,
  sshPrivateKey: cluster.sshPrivateKey,
  sshHostKey: cluster.sshHostKey,
  dockerHost: cluster.dockerHost,
  tag: cluster.tag,
  firewallId: cluster.firewallId,
  vpcId: cluster.vpcId,
  vpcRange: cluster.vpcRange,
  // Pulumi warns of outputs that are not there.
  ...(cluster.unlockKey ? { unlockKey: cluster.unlockKey } : {}),
  ...(cluster.dockerApi ? { dockerApi: cluster.dockerApi } : {}),
};
