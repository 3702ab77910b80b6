import { NO_LEADER, type NodeState, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

const member = (name: string, address: string, state: NodeState = {}): NodeState => ({
  Role: "manager",
  Hostname: `swarm-${name}`,
  Address: address,
  Reachability: "reachable",
  labels: { "digitalocean-swarm.node": name, "digitalocean-swarm.availability": "active" },
  ...state,
});
/** As it just joined: a worker without a name yet, at `address`. */
const joined = (address: string): NodeState => ({ Hostname: "swarm-node-1-new", Address: address });
const DEAD = { State: "down", Reachability: "unreachable" } as const;

/** Two managers of which the second was replaced, and what of it is left. */
const replaced = (predecessor: NodeState, address = "127.0.0.12") =>
  new FakeHost()
    .manager()
    .node("m0", member("node-0", "127.0.0.10"))
    .node("m1", joined(address))
    .node("old", predecessor);
const reconcile = (host: FakeHost, bounds = {}) =>
  host.run("reconcile-pool", variables("manager", roster({ nodeId: "m0" }, { nodeId: "m1" })), { bounds });
const REMOVED = "node-1: removed its predecessor, node old, whose host is lost\n";
const GOES = ["locked update old Role=worker", "locked remove old by force"];
const PROMOTED = "locked update m1 Role=manager Labels";

test.each<[string, NodeState, string]>([
  ["is down", member("node-1", "127.0.0.11", DEAD), "127.0.0.12"],
  ["is down, and its address is taken again", member("node-1", "127.0.0.12", DEAD), "127.0.0.12"],
  [
    "is down, and no member of the managers",
    member("node-1", "", { State: "down", Reachability: "" }),
    "127.0.0.12",
  ],
  // Its successor answers in its place.
  ["seems reachable at its successor's address", member("node-1", "127.0.0.12"), "127.0.0.12"],
  [
    "is unreachable at another manager's address",
    member("node-1", "127.0.0.10", { Reachability: "unreachable" }),
    "127.0.0.12",
  ],
])(
  "a predecessor that %s is demoted and removed, under the lock, before the promotion",
  async (_, old, address) => {
    const host = replaced(old, address);
    expect(await reconcile(host)).toEqual({ code: 0, stdout: "", stderr: `${REMOVED}node-1: promoted\n` });
    expect(host.engine.changes).toEqual([...GOES, PROMOTED]);
  },
);

test.each<[string, NodeState]>([
  ["a predecessor that lives", member("node-1", "127.0.0.11")],
  ["another pool's node, though it is dead", member("web-1", "127.0.0.11", DEAD)],
  ["a node whose name ours starts with, though it is dead", member("node", "127.0.0.11", DEAD)],
  ["a dead node without a name", member("", "127.0.0.11", { ...DEAD, labels: {} })],
  ["a dead worker", member("node-1", "127.0.0.11", { ...DEAD, Role: "worker", Reachability: "" })],
])("%s is left alone", async (_, state) => {
  const host = replaced(state);
  expect(await reconcile(host)).toEqual({ code: 0, stdout: "", stderr: "node-1: promoted\n" });
  expect(host.engine.changes).toEqual([PROMOTED]);
});

/** Its host has just died: still ready, and reachable no more. */
const dying = () => replaced(member("node-1", "127.0.0.11", { Reachability: "unreachable" }));

test("one whose state is not clear yet is waited for, and removed when it is down", async () => {
  const host = dying();
  host.engine.when(/^GET \/nodes\/old$/, times => {
    if (times === 3) host.engine.node("old").Status.State = "down";
  });
  expect(await reconcile(host)).toMatchObject({ code: 0, stderr: `${REMOVED}node-1: promoted\n` });
});

test("one whose state does not become clear is left alone, and that is said", async () => {
  const host = dying();
  const { code, stderr } = await reconcile(host);
  expect(code).toBe(0);
  expect(stderr).toBe(
    "node-1: waited 60 s for its predecessor, node old, to be seen as up or down\nnode-1: promoted\n",
  );
  expect(host.hasNode("old")).toBe(true);
});

test("all of them go, each under the lock", async () => {
  const host = replaced(member("node-1", "127.0.0.11", DEAD)).node(
    "older",
    member("node-0", "127.0.0.9", DEAD),
  );
  const { code, stderr } = await reconcile(host);
  expect(code).toBe(0);
  expect(stderr).toContain("node-0: removed its predecessor, node older, whose host is lost\n");
  expect(stderr).toContain(REMOVED);
  expect(host.engine.changes).toEqual([...GOES, ...GOES.map(step => step.replace("old", "older")), PROMOTED]);
});

test("workers' pools look for none", async () => {
  const host = replaced(member("node-1", "127.0.0.11", DEAD));
  const input = variables("worker", roster({ nodeId: "m1" }));
  const ROSTER = input.ROSTER.replace("node-0", "node-1");
  expect((await host.run("reconcile-pool", { ...input, ROSTER })).code).toBe(0);
  expect(host.hasNode("old")).toBe(true);
});

describe("nothing is promoted", () => {
  const refused = async (host: FakeHost) => {
    const { code, stderr } = await reconcile(host, { LOCK_SECONDS: 1 });
    expect(code).toBe(1);
    expect(host.engine.changes).toEqual([]);
    return stderr;
  };

  test("where the demotion is refused", async () => {
    const host = replaced(member("node-1", "127.0.0.11", DEAD));
    host.engine.when(/^POST \/nodes\/old/, () => refuse("it would lose quorum"));
    expect(await refused(host)).toMatch(/node-1: error: could not be demoted: .*it would lose quorum/);
  });

  test("where another change holds the lock", async () => {
    const host = await replaced(member("node-1", "127.0.0.11", DEAD)).heldLock();
    expect(await refused(host)).toMatch(/node-1: error: other membership changes have held/);
  });

  test("where the managers are not listed", async () => {
    const host = replaced(member("node-1", "127.0.0.11", DEAD));
    host.engine.when(/^GET \/nodes$/, times => (times > 1 ? NO_LEADER : undefined));
    expect(await refused(host)).toMatch(
      /waited 60 s for the swarm to list its managers: .*\n.*does not answer/,
    );
  });
});

test.each([/^GET \/nodes$/, /^GET \/nodes\/old/, /^POST \/nodes\/old/, /^DELETE/])(
  "a moment in which %s is not answered is waited out",
  async what => {
    const host = replaced(member("node-1", "127.0.0.12"));
    host.engine.when(what, times => (times === 1 ? NO_LEADER : undefined));
    expect(await reconcile(host)).toMatchObject({ code: 0, stderr: `${REMOVED}node-1: promoted\n` });
  },
);
