import type { Availability } from "../../components";
import { rosterText } from "../../components/swarm/roster";
import type { Inputs } from "../../components/swarm/script";

/** What reconcile-pool.py gets for so many nodes, which are named in their order. */
export const roster = (
  ...nodes: { nodeId: string; labels?: Record<string, string>; availability?: Availability }[]
) =>
  rosterText(
    nodes.map(({ nodeId, labels = {}, availability = "active" }, i) => ({
      nodeId,
      name: `node-${i}`,
      availability,
      labels,
    })),
  );

/** What it gets beside them. */
export const variables = (role: "manager" | "worker", text = roster()): Inputs["reconcile-pool"] => ({
  CLUSTER: "the-cluster",
  ROLE: role,
  READY_SECONDS: 1,
  LISTEN_PORT: 2377,
  DATA_PATH_PORT: 0,
  RECONCILE: "",
  ROSTER: text,
  ...(role === "manager" ? { CERT_HOURS: 2160, AUTOLOCK: "false", EXTERNAL_CAS: "" } : {}),
});
