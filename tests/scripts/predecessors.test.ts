import { FakeHost, type NodeState } from "./fake-host";
import { roster, variables } from "./settle-input";

const member = (name: string, address: string, state: NodeState = {}): NodeState => ({
  Role: "manager",
  Hostname: `swarm-${name}`,
  Address: address,
  Addr: `${address}:2377`,
  Reachability: "reachable",
  labels: `digitalocean-swarm.node=${name}\ndigitalocean-swarm.availability=active\n`,
  ...state,
});
/** As it just joined: a worker without a name yet, at `address`. */
const joined = (address: string): NodeState => ({ Hostname: "swarm-node-1-new", Address: address });
const DEAD = { State: "down", Reachability: "unreachable" } as const;

/** Two managers of which the second was replaced, and what of it is left. */
const replaced = (predecessor: NodeState, address = "10.0.0.12") =>
  new FakeHost()
    .manager()
    .node("m0", member("node-0", "10.0.0.10"))
    .node("m1", joined(address))
    .node("old", predecessor);
const settle = (host: FakeHost, hurry = false) =>
  host.run("settle", variables("manager", roster({ nodeId: "m0" }, { nodeId: "m1" })), { hurry });
const steps = (host: FakeHost) => host.changes().map(call => call.split(" ").slice(0, 3).join(" "));
const REMOVED = "node-1: removed its predecessor, node old, whose host is lost\n";

test.each<[string, NodeState, string]>([
  ["is down", member("node-1", "10.0.0.11", DEAD), "10.0.0.12"],
  ["is down, and its address is taken again", member("node-1", "10.0.0.12", DEAD), "10.0.0.12"],
  [
    "is down, and no member of the managers",
    member("node-1", "", { State: "down", Reachability: "", Addr: "" }),
    "10.0.0.12",
  ],
  // Its successor answers in its place.
  ["seems reachable at its successor's address", member("node-1", "10.0.0.12"), "10.0.0.12"],
  [
    "is unreachable at another manager's address",
    member("node-1", "10.0.0.10", { Reachability: "unreachable" }),
    "10.0.0.12",
  ],
])(
  "a predecessor that %s is demoted and removed, under the lock, before the promotion",
  async (_, old, address) => {
    const host = replaced(old, address);
    expect(await settle(host)).toEqual({ code: 0, stdout: "", stderr: `${REMOVED}node-1: promoted\n` });
    expect(steps(host)).toEqual([
      "flock --wait 3600",
      "docker node demote",
      "docker node rm",
      "flock --wait 3600",
      expect.stringMatching(/^update m1 .*"Role":"manager"/),
    ]);
    expect(host.changes().slice(1, 3)).toEqual(["docker node demote old", "docker node rm --force old"]);
    expect([host.hasNode("old"), host.hasNode("m0"), host.hasNode("m1")]).toEqual([false, true, true]);
  },
);

test.each<[string, NodeState]>([
  ["a predecessor that lives", member("node-1", "10.0.0.11")],
  ["another pool's node, though it is dead", member("web-1", "10.0.0.11", DEAD)],
  ["a node whose name ours starts with, though it is dead", member("node", "10.0.0.11", DEAD)],
  ["a dead node without a name", member("", "10.0.0.11", { ...DEAD, labels: "" })],
])("%s is left alone", async (_, state) => {
  const host = replaced(state);
  expect(await settle(host)).toEqual({ code: 0, stdout: "", stderr: "node-1: promoted\n" });
  expect(host.hasNode("old")).toBe(true);
  expect(host.read("nodes/old/Role")).toBe("manager");
});

test("one whose state is not clear yet is waited for, and removed when it is down", async () => {
  // Its host has just died: still ready, and reachable no more.
  const host = replaced(member("node-1", "10.0.0.11", { Reachability: "unreachable" }));
  host.rules(
    `[[ $* != *Status.State*Reachability*old ]] || once look || printf down >"$FAKE/nodes/old/State"`,
  );
  expect(await settle(host)).toMatchObject({ code: 0, stderr: `${REMOVED}node-1: promoted\n` });
});

test("one whose state does not become clear is left alone, and that is said", async () => {
  const host = replaced(member("node-1", "10.0.0.11", { Reachability: "unreachable" }));
  const { code, stderr } = await settle(host, true);
  expect(code).toBe(0);
  expect(stderr).toBe(
    "node-1: waited 1 s for its predecessor, node old, to be seen as up or down\nnode-1: promoted\n",
  );
  expect(host.hasNode("old")).toBe(true);
});

test("all of them go, each under the lock", async () => {
  const host = replaced(member("node-1", "10.0.0.11", DEAD)).node(
    "older",
    member("node-0", "10.0.0.9", DEAD),
  );
  const { code, stderr } = await settle(host);
  expect(code).toBe(0);
  expect(stderr).toContain("node-0: removed its predecessor, node older, whose host is lost\n");
  expect(stderr).toContain(REMOVED);
  expect(steps(host).slice(0, 6)).toEqual([
    "flock --wait 3600",
    "docker node demote",
    "docker node rm",
    "flock --wait 3600",
    "docker node demote",
    "docker node rm",
  ]);
});

test("where there is none, the managers are counted, and nothing more is asked", async () => {
  const host = new FakeHost()
    .manager()
    .node("m0", member("node-0", "10.0.0.10"))
    .node("m1", joined("10.0.0.12"));
  expect(await settle(host)).toMatchObject({ code: 0 });
  expect(host.calls().filter(call => call.startsWith("docker node ls"))).toEqual([]);
});

test("workers' pools look for none", async () => {
  const host = replaced(member("node-1", "10.0.0.11", DEAD));
  const input = variables("worker", roster({ nodeId: "m1" }));
  expect(
    (await host.run("settle", { ...input, ROSTER: input.ROSTER.replace("node-0", "node-1") })).code,
  ).toBe(0);
  expect(host.hasNode("old")).toBe(true);
});

describe("nothing is promoted", () => {
  const refused = async (host: FakeHost, hurry = false) => {
    const { code, stderr } = await settle(host, hurry);
    expect(code).toBe(1);
    expect(host.read("nodes/m1/Role")).toBe("worker");
    return stderr;
  };

  test("where the demotion is refused", async () => {
    const host = replaced(member("node-1", "10.0.0.11", DEAD));
    host.rules(`[[ $* != "node demote"* ]] || refuse "it would lose quorum"`);
    expect(await refused(host)).toMatch(/node-1: error: could not be demoted: .*it would lose quorum/);
  });

  test("where another change holds the lock", async () => {
    const host = replaced(member("node-1", "10.0.0.11", DEAD)).write("locked", "");
    expect(await refused(host)).toMatch(/node-1: error: other membership changes have held/);
    expect(host.hasNode("old")).toBe(true);
  });

  test("where the managers are not listed", async () => {
    const counted = replaced(member("node-1", "10.0.0.11", DEAD)).write("no-list", "");
    expect(await refused(counted, true)).toMatch(
      /waited 1 s for the swarm to list its managers\n.*does not answer/,
    );
    const named = replaced(member("node-1", "10.0.0.11", DEAD));
    named.rules(`[[ $* != "node ls --filter"* ]] || refuse "no leader"`);
    expect(await refused(named, true)).toMatch(
      /waited 1 s for the swarm to name its managers\n.*does not answer/,
    );
  });
});

test.each(["node ls --filter", "node inspect --format {{.Status.Addr}}"])(
  "a moment in which `docker %s` fails is waited out",
  async what => {
    const host = replaced(member("node-1", "10.0.0.12"));
    host.rules(`[[ $* != "${what}"* ]] || ! once asked || refuse "no leader"`);
    expect(await settle(host)).toMatchObject({ code: 0, stderr: `${REMOVED}node-1: promoted\n` });
  },
);
