import { SwarmCluster } from "./components";
import { readConfig } from "./config";

const { name, args } = readConfig();
const cluster = new SwarmCluster(name, args);

export const clusterId = cluster.clusterId;
export const managers = cluster.managers;
export const workers = cluster.workers;
export const controlEndpoint = cluster.controlEndpoint;
export const workerToken = cluster.workerToken;
export const managerToken = cluster.managerToken;
export const unlockKey = cluster.unlockKey;
export const sshUser = cluster.sshUser;
export const sshPrivateKey = cluster.sshPrivateKey;
export const sshHostKey = cluster.sshHostKey;
export const dockerHost = cluster.dockerHost;
export const dockerApi = cluster.dockerApi;
