import { NO_LEADER } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

const LEADER = {
  Role: "manager",
  Hostname: "swarm-manager-0-a1b2",
  Reachability: "reachable",
  labels: { "digitalocean-swarm.node": "node-0", "digitalocean-swarm.availability": "active" },
} as const;
/** A manager by name alone, with the hostname of one that is. */
const LEFT = { Role: "manager", Hostname: LEADER.Hostname, State: "down" } as const;

const reconcile = (host: FakeHost, role: "manager" | "worker" = "manager") =>
  host.run("reconcile-pool", variables(role, roster({ nodeId: "m0" })));

describe("a node that a failed join as a manager left", () => {
  test("is removed, and no other", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", LEFT)
      .node("worker", { ...LEFT, Role: "worker" })
      .node("member", { ...LEFT, Reachability: "unreachable" })
      .node("named", { ...LEFT, labels: { "digitalocean-swarm.node": "manager-7" } })
      .node("unheard", { ...LEFT, Hostname: "" })
      .node("another", { ...LEFT, Hostname: "swarm-manager-0" });
    expect(await reconcile(host)).toEqual({
      code: 0,
      stdout: "",
      stderr: `${LEADER.Hostname}: removed node left, which a failed join had left\n`,
    });
    expect(host.engine.changes).toEqual(["locked remove left"]);
  });

  test("is waited for until the swarm has given it up", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", { ...LEFT, State: "ready" });
    host.engine.when(/^DELETE/, times => {
      if (times === 2) host.engine.node("left").Status.State = "down";
    });
    expect((await reconcile(host)).code).toBe(0);
    expect(host.hasNode("left")).toBe(false);
  });

  test("is left alone where it lives, and that is said", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", { ...LEFT, State: "ready" });
    const { code, stderr } = await reconcile(host);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /waited 60 s for node left, which a failed join left, to be given up by the swarm\n.*leaves node left alone, which has this host's name and is no manager: .*is not down/,
    );
    expect(host.hasNode("left")).toBe(true);
  });

  test("that somebody else removes meanwhile is no fault", async () => {
    const host = new FakeHost().manager().node("m0", LEADER).node("left", LEFT);
    host.engine.when(/^DELETE/, () => host.engine.nodes.delete("left"));
    const { code, stderr } = await reconcile(host);
    expect(code).toBe(0);
    expect(stderr).toContain("removed node left");
    expect(host.engine.changes).toEqual([]);
  });

  test("is not looked for with the workers", async () => {
    const host = new FakeHost().manager().node("m0", { Hostname: LEADER.Hostname }).node("left", LEFT);
    expect((await reconcile(host, "worker")).code).toBe(0);
    expect(host.hasNode("left")).toBe(true);
  });

  test("cannot be looked for where the swarm does not answer: that is a fault, and no empty list", async () => {
    const host = new FakeHost().manager().node("m0", LEADER).node("left", LEFT);
    // All looks before are answered.
    host.engine.when(/^GET \/nodes$/, times => (times > 3 ? NO_LEADER : undefined));
    const { code, stderr } = await reconcile(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^web-0: waited 60 s for the swarm to list its managers: .*\nweb-0: error: the swarm does not answer\n$/,
    );
    expect(host.hasNode("left")).toBe(true);
  });
});
