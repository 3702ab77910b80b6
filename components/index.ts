export type { DockerApiOptions, SwarmClusterArgs } from "./args";
export { clusterFromStack, type ClusterOutputs } from "./cluster-from-stack";
export { type Fault, InvalidArgsError, UserError } from "./faults";
export type { FirewallOptions, FirewallRule, VpcOptions } from "./network/args";
export {
  Availability,
  type DaemonOptions,
  type ManagerPoolOptions,
  type NodeOptions,
  type PoolOptions,
  SecurityUpdates,
} from "./nodes/args";
export type { Role, SwarmRole } from "./nodes/node";
export type { SshOptions, SshProxyOptions } from "./ssh/args";
export type { HostFacts, NodeOutput, SwarmArgs, SwarmHosts, SwarmNode, SwarmSsh } from "./swarm/args";
export type { DockerApiOutput } from "./swarm/docker-api/docker-api";
export { ListenAddress, NodeAddress, type SwarmOptions, type Timeouts } from "./swarm/options";
export { Swarm } from "./swarm/swarm";
export { SwarmCluster } from "./swarm-cluster";
