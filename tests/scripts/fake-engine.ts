import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";

import {
  CUT,
  type EngineNode,
  newSwarm,
  NO_LEADER,
  type NodeSpec,
  Refusal,
  refuse,
  type SwarmSpec,
} from "./engine-objects";
import { remove, updateNode, updateSwarm } from "./fake-changes";
import { docker, UnknownCall } from "./fake-docker";
import { isLocked } from "./machine";

/** What happens when a request comes. What it gives, if it is a refusal, is the answer. `times` counts from 1. */
type Rule = (times: number) => unknown;

/**
 * The engine of a host, and the swarm that it knows, on a unix socket. Like the real one it refuses what was made of an
 * object that has changed since.
 */
export class FakeEngine {
  public down = false;
  /** Of before version 23, which does not say its state when it is pinged. */
  public old = false;
  public version = "28.5.1";
  public state: "inactive" | "pending" | "active" | "locked" | "error" = "inactive";
  public error = "";
  public nodeId = "";
  /** What the engine's own view of the swarm lacks, when it is no manager. */
  public manager = false;
  public hasLeader = true;
  public unlockKey = "SWMKEY-first";
  /** Who becomes a manager is reachable at once. */
  public promotesAtOnce = true;
  /** Who is demoted is out of the managers at once. */
  public demotesAtOnce = true;
  public joinAnswer = refuse("", 200);
  public readonly joins: string[] = [];
  public readonly swarm = newSwarm();
  public readonly nodes = new Map<string, EngineNode>();
  /** By service: how many tasks run, and how many are wanted. */
  public services: Record<string, [number, number]> = {};
  /** By node: states of its tasks. */
  public tasks: Record<string, string[]> = {};
  /** What was asked: `GET /swarm`, `docker info --format ...`. */
  public readonly asked: string[] = [];
  /** What was changed, `locked` where the membership lock was held. */
  public readonly changes: string[] = [];
  /** What the fake does not know, which makes its test say nothing. */
  public readonly unknown: string[] = [];
  private readonly rules: { readonly when: RegExp; readonly rule: Rule; times: number }[] = [];
  private readonly server: Server;

  public constructor(
    socket: string,
    private readonly lock: string,
    public readonly root: string,
  ) {
    this.server = createServer((request, response) => {
      void this.answer(request).then(answer => {
        if (answer instanceof Refusal && answer.status === 0) request.socket.destroy();
        else if (answer instanceof Refusal)
          response
            .writeHead(answer.status)
            .end(answer.message && JSON.stringify({ message: answer.message }));
        else if (typeof answer === "string") response.writeHead(200, this.pingHeaders()).end(answer);
        else response.writeHead(200).end(answer === undefined ? "" : `${JSON.stringify(answer)}\n`);
      });
    }).listen(socket);
    this.server.unref();
  }

  /** Closes the socket. */
  public close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Whenever something is asked, this goes first. */
  public when(when: RegExp, rule: Rule): this {
    this.rules.push({ when, rule, times: 0 });
    return this;
  }

  public forget(): this {
    this.rules.length = 0;
    return this;
  }

  /** How often something was asked. */
  public count(what: RegExp): number {
    return this.asked.filter(one => what.test(one)).length;
  }

  public node(id: string): EngineNode {
    const node = this.nodes.get(id);
    if (!node) throw new Error(`there is no node ${id}`);
    return node;
  }

  /** Notes a change. */
  public changed(what: string): void {
    this.changes.push(isLocked(this.lock) ? `locked ${what}` : what);
  }

  private pingHeaders(): Record<string, string> {
    return this.old ? {} : { Swarm: this.state === "active" && this.manager ? "active/manager" : this.state };
  }

  private ruled(what: string): Refusal | undefined {
    this.asked.push(what);
    for (const one of this.rules) {
      if (!one.when.test(what)) continue;
      const answer = one.rule(++one.times);
      if (answer instanceof Refusal) return answer;
    }
    return undefined;
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    const url = new URL(request.url ?? "", "http://engine");
    const body = await text(request);
    if (url.pathname === "/_docker") return this.docker(body);
    const what = `${request.method ?? ""} ${url.pathname}`;
    const ruled = this.ruled(what);
    if (ruled) return ruled;
    if (this.down) return CUT;
    try {
      return this.route(what, url.searchParams, body);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  private docker(body: string): unknown {
    const args = body.split("\0");
    const input = args.pop() ?? "";
    const what = `docker ${args.join(" ")}`;
    try {
      return this.ruled(what) ?? docker(this, args, input);
    } catch (error) {
      if (error instanceof Refusal) return error;
      if (!(error instanceof UnknownCall)) throw error;
      this.unknown.push(what);
      return refuse("unknown");
    }
  }

  private route(what: string, query: URLSearchParams, body: string): unknown {
    const [method = "", path = ""] = what.split(" ");
    if (path === "/_ping") return "OK";
    if (path === "/info") return this.info();
    if (what === "POST /swarm/join") return this.join(body);
    this.requireManager();
    const [, top, id, action] = path.split("/");
    if (what === "GET /swarm") return this.swarm;
    if (what === "POST /swarm/update") {
      updateSwarm(this, query, JSON.parse(body) as SwarmSpec);
      return;
    }
    if (what === "GET /swarm/unlockkey") return { UnlockKey: this.unlockKey };
    if (what === "GET /nodes") return [...this.nodes.values()];
    if (what === "GET /services") return this.listServices(query);
    if (what === "GET /tasks") return this.listTasks(query);
    const node = top === "nodes" ? this.nodes.get(decodeURIComponent(id ?? "")) : undefined;
    if (top === "nodes" && !node) throw refuse(`node ${id ?? ""} not found`, 404);
    if (node && method === "GET") return node;
    if (node && method === "DELETE") {
      remove(this, node, query);
      return;
    }
    if (node && action === "update") {
      updateNode(this, node, query, JSON.parse(body) as NodeSpec);
      return;
    }
    this.unknown.push(what);
    throw refuse("page not found", 404);
  }

  private requireManager(): void {
    if (this.state !== "active" || !this.manager) throw refuse("This node is not a swarm manager.", 503);
    if (!this.hasLeader) throw NO_LEADER;
  }

  private info(): object {
    const { ID } = this.swarm;
    return {
      ID: "engine",
      ServerVersion: this.version,
      Swarm: {
        NodeID: this.nodeId,
        LocalNodeState: this.state,
        ControlAvailable: this.manager,
        Error: this.error,
        ...(this.manager ? { Cluster: { ID: this.hasLeader ? ID : "" } } : {}),
      },
    };
  }

  private join(body: string): unknown {
    this.joins.push(body);
    this.changed("join");
    if (this.joinAnswer.status !== 200) throw this.joinAnswer;
    this.state = "active";
    this.nodeId = "joined-node";
    return undefined;
  }

  private listServices(query: URLSearchParams): object[] {
    if (query.get("status") !== "true") throw new Error("the fake lists services with their status alone");
    return Object.entries(this.services).map(([Name, [RunningTasks, DesiredTasks]]) => ({
      Spec: { Name },
      ServiceStatus: { RunningTasks, DesiredTasks, CompletedTasks: 0 },
    }));
  }

  private listTasks(query: URLSearchParams): object[] {
    const { node } = JSON.parse(query.get("filters") ?? "") as { node: [string] };
    return (this.tasks[node[0]] ?? []).map(State => ({ NodeID: node[0], Status: { State } }));
  }
}
