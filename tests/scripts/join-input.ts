import type { Inputs } from "../../components/swarm/script";

export const TOKEN = "SWMTKN-1-very-secret";
/** What join.sh gets; a test changes what it is about. */
export const JOIN: Inputs["join"] = {
  CLUSTER: "the-cluster",
  KIND: "worker",
  JOINS: "",
  LISTEN: "0.0.0.0:2377",
  DATA_PATH_PORT: 4789,
  BOOT_SECONDS: 1,
  JOIN_SECONDS: 15,
  GENERATION: 0,
  RECONCILE: "",
  KNOWN: "",
};
/** Peers, with the requests that they are joined by. */
export const joins = (...peers: string[]) =>
  peers.map(peer => `${peer} ${JSON.stringify({ RemoteAddrs: [peer], JoinToken: TOKEN })}\n`).join("");
