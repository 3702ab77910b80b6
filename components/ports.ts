import type { SwarmOptions } from "./args";

/** The ports of a swarm that can be chosen, with Docker's own defaults: 2377/tcp and 4789/udp. */
export function swarmPorts(options: SwarmOptions = {}): {
  readonly listen: number;
  readonly dataPath: number;
} {
  return { listen: options.listenPort ?? 2377, dataPath: options.dataPathPort ?? 4789 };
}
