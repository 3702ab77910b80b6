export * from "./args";
export { type Fault, InvalidArgsError, raise } from "./faults";
export type { SwarmArgs, SwarmNode, SwarmPool } from "./swarm/args";
export { Swarm } from "./swarm/swarm";
export { type NodeOutput, SwarmCluster } from "./swarm-cluster";
export { validate } from "./validate";
