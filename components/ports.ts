import type { SwarmOptions } from "./args";

/** The ports of a swarm that can be chosen. */
export interface SwarmPorts {
  /** The managers' API, TCP. */
  readonly listen: number;
  /** The traffic of containers, UDP. */
  readonly dataPath: number;
}

/** The ports that a swarm's options ask for, with Docker's own defaults: 2377/tcp and 4789/udp. */
export function swarmPorts(options: SwarmOptions = {}): SwarmPorts {
  return { listen: options.listenPort ?? 2377, dataPath: options.dataPathPort ?? 4789 };
}
