/** How the fake engine changes its swarm and its nodes. */
import {
  differences,
  type EngineNode,
  type NodeSpec,
  OUT_OF_SEQUENCE,
  refuse,
  type SwarmSpec,
} from "./engine-objects";
import type { FakeEngine } from "./fake-engine";

export function updateSwarm(engine: FakeEngine, query: URLSearchParams, spec: SwarmSpec): undefined {
  const { swarm } = engine;
  if (Number(query.get("version")) !== swarm.Version.Index) throw OUT_OF_SEQUENCE;
  if (spec.Name !== "default") throw refuse('swarm spec must be named "default"', 400);
  const flags = [...query.keys()].filter(key => key !== "version" && query.get(key) === "true");
  engine.changed(["update swarm", ...differences(swarm.Spec, spec), ...flags].join(" "));
  if (flags.includes("rotateWorkerToken")) swarm.JoinTokens.Worker += "-rotated";
  if (flags.includes("rotateManagerToken")) swarm.JoinTokens.Manager += "-rotated";
  if (flags.includes("rotateManagerUnlockKey")) engine.unlockKey = "SWMKEY-rotated";
  if ((spec.CAConfig.ForceRotate ?? 0) !== (swarm.Spec.CAConfig.ForceRotate ?? 0))
    swarm.RootRotationInProgress = true;
  swarm.Spec = spec;
  swarm.Version.Index++;
}

export function updateNode(
  engine: FakeEngine,
  node: EngineNode,
  query: URLSearchParams,
  spec: NodeSpec,
): undefined {
  if (Number(query.get("version")) !== node.Version.Index) throw OUT_OF_SEQUENCE;
  engine.changed(["update", node.ID, ...differences(node.Spec, spec)].join(" "));
  const promoted = spec.Role === "manager" && node.Spec.Role === "worker";
  const demoted = spec.Role === "worker" && node.Spec.Role === "manager";
  if (promoted && engine.promotesAtOnce)
    node.ManagerStatus = { Reachability: "reachable", Addr: `${node.Status.Addr}:2377` };
  if (demoted && engine.demotesAtOnce) delete node.ManagerStatus;
  node.Spec = spec;
  node.Version.Index++;
}

export function remove(engine: FakeEngine, node: EngineNode, query: URLSearchParams): undefined {
  const force = query.get("force") === "1";
  if (node.Spec.Role === "manager" && node.ManagerStatus)
    throw refuse(`node ${node.ID} is a cluster manager and is a member of the raft cluster`);
  if (!force && node.Status.State !== "down")
    throw refuse(`node ${node.ID} is not down and can't be removed`);
  engine.changed(`remove ${node.ID}${force ? " by force" : ""}`);
  engine.nodes.delete(node.ID);
}
