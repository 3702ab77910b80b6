import { refuse } from "./engine-objects";
import type { FakeEngine } from "./fake-engine";

/** Something that the fake does not know. */
export class UnknownCall extends Error {}

/** What `docker` prints. Where it fails the refusal is thrown. */
export function docker(engine: FakeEngine, args: readonly string[], input: string): string {
  const line = args.join(" ");
  if (args[0] === "info") return `${info(engine, args[2] ?? "")}\n`;
  if (line.startsWith("swarm init")) return init(engine, line);
  if (line === "swarm leave --force") {
    engine.changed("leave");
    engine.state = "inactive";
    engine.manager = false;
    engine.nodeId = engine.swarm.ID = "";
    return "";
  }
  if (line === "swarm unlock") {
    if (input.trim() !== engine.unlockKey) throw refuse("invalid key");
    engine.state = "active";
    return "";
  }
  if (line === "node ls --filter role=manager --quiet") return lines(managers(engine).map(({ ID }) => ID));
  if (line === "node ls --quiet") return lines([...engine.nodes.keys()]);
  if (line === "node ls --format {{.Status}} {{.ManagerStatus}}")
    return lines(
      [...engine.nodes.values()].map(({ Status, ManagerStatus }) =>
        [capital(Status.State), ManagerStatus && role(ManagerStatus.Reachability)].join(" "),
      ),
    );
  if (line.startsWith("node inspect --format {{.ID}} {{with .ManagerStatus}}"))
    return lines(
      args.slice(4).map(id => {
        const { ManagerStatus, Description } = engine.node(id);
        return `${id} ${ManagerStatus?.Reachability ?? "none"} ${Description.Hostname}`;
      }),
    );
  throw new UnknownCall(line);
}

function info(engine: FakeEngine, view: string): string {
  if (engine.down) throw refuse("Cannot connect to the Docker daemon");
  const { state, manager, nodeId, error, root, hasLeader, swarm } = engine;
  if (view.startsWith("{{if .ID}}{{with .Swarm}}"))
    return [state, manager, nodeId || "-", (manager && hasLeader && swarm.ID) || "-"].join(" ");
  if (view === "{{.DockerRootDir}}") return root;
  if (view === "{{.Swarm.NodeID}}") return nodeId;
  if (view === "{{.Swarm.Error}}") return error;
  throw new UnknownCall(view);
}

function init(engine: FakeEngine, line: string): string {
  engine.changed(line.replace("swarm ", ""));
  engine.state = "active";
  engine.hasLeader = true;
  if (line.includes("--force-new-cluster")) {
    // What it goes on with is the manager's own.
    if (!engine.swarm.ID) throw refuse("This node is not a swarm manager.");
    return "";
  }
  engine.manager = true;
  engine.nodeId = "born-node";
  engine.swarm.ID = "born-cluster";
  return `To add a worker: docker swarm join --token ${engine.swarm.JoinTokens.Worker}\n`;
}

const managers = (engine: FakeEngine) =>
  [...engine.nodes.values()].filter(({ Spec }) => Spec.Role === "manager");
/** `docker node ls` shows the leader as such; the fake's first manager is it. */
const role = (reachability: string) => (reachability === "reachable" ? "Leader" : "Unreachable");
const lines = (words: readonly string[]) => words.map(word => `${word}\n`).join("");
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
