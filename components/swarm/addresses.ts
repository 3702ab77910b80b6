import type { SwarmSettings } from "./resolve";

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
  swarm: Pick<SwarmSettings, "ports" | "advertise" | "listen" | "dataPath">,
): EngineAddresses {
  const { listen: port } = swarm.ports;
  const of = (which: "private" | "public") =>
    which === "private" ? node.privateAddress : node.publicAddress;
  return {
    advertise: `${of(swarm.advertise)}:${port}`,
    listen: `${swarm.listen === "any" ? "0.0.0.0" : of(swarm.listen)}:${port}`,
    dataPath: swarm.dataPath === undefined ? "" : of(swarm.dataPath),
  };
}
