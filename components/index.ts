export type { DockerApiArgs, SwarmClusterArgs } from "./args";
export { type Fault, InvalidArgsError } from "./faults";
export type { FirewallArgs, FirewallRuleArgs, VpcArgs } from "./network/args";
export {
  Availability,
  type ManagerPoolArgs,
  type NodeArgs,
  type PoolArgs,
  SecurityUpdates,
} from "./nodes/args";
export type { Role, SwarmRole } from "./nodes/node";
export type { SshArgs } from "./ssh/args";
export type { HostFacts, NodeOutput, SwarmArgs, SwarmHosts, SwarmNode } from "./swarm/args";
export type { DockerApiOutput } from "./swarm/docker-api/docker-api";
export { ListenAddress, NodeAddress, type SwarmOptions, type Timeouts } from "./swarm/options";
export { Swarm } from "./swarm/swarm";
export { SwarmCluster } from "./swarm-cluster";
