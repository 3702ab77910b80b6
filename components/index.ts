export * from "./args";
export { type Fault, InvalidArgsError, raise } from "./faults";
export { Swarm, type SwarmArgs, type SwarmNode, type SwarmPool } from "./swarm/swarm";
export { type NodeOutput, SwarmCluster } from "./swarm-cluster";
export { validate } from "./validate";
