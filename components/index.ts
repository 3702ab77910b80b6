export * from "./args";
export { type Fault, InvalidArgsError, raise } from "./faults";
export type { HostFacts, NodeOutput, SwarmArgs, SwarmNode, SwarmPool } from "./swarm/args";
export { Swarm } from "./swarm/swarm";
export { SwarmCluster } from "./swarm-cluster";
export { validate } from "./validate";
