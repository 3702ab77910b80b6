import { SwarmCluster, type SwarmClusterArgs } from "../../../components";
import { readConfig } from "../../../config";

// Two clusters in one program, which differ in nothing but their names.
const { args } = readConfig();

function cluster(name: string, clusterArgs: SwarmClusterArgs) {
  const { clusterId, managers, workers, controlEndpoint, sshUser, sshPrivateKey, sshHostKey } =
    new SwarmCluster(name, clusterArgs);
  return { clusterId, managers, workers, controlEndpoint, sshUser, sshPrivateKey, sshHostKey };
}

export const blue = cluster("blue", args);
export const green = cluster("green", args);
