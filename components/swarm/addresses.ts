import type { SwarmOptions } from "../args";
import { swarmPorts } from "../ports";

/** Ports and addresses that a node's engine is given. */
export interface EngineAddresses {
  /** `ip:port` that the other nodes are told. */
  readonly advertise: string;
  /** `ip:port` that a manager listens on. */
  readonly listen: string;
  /** Address for the traffic of containers, or empty for the advertised one. */
  readonly dataPath: string;
}

/** A node's addresses as the swarm's options want them. */
export function engineAddresses(
  node: { privateAddress: string; publicAddress: string },
  swarm: SwarmOptions,
): EngineAddresses {
  const { listen: port } = swarmPorts(swarm);
  const of = (which: "private" | "public") =>
    which === "private" ? node.privateAddress : node.publicAddress;
  const listen = swarm.listen ?? "any";
  return {
    advertise: `${of(swarm.advertise ?? "private")}:${port}`,
    listen: `${listen === "any" ? "0.0.0.0" : of(listen)}:${port}`,
    dataPath: swarm.dataPath === undefined ? "" : of(swarm.dataPath),
  };
}
