import { FakeHost } from "./fake-host";
import { roster, variables } from "./settle-input";

const LEADER = {
  Role: "manager",
  Hostname: "swarm-manager-0-a1b2",
  Reachability: "reachable",
} as const;
/** A manager by name alone, with the hostname of one that is. */
const LEFT = { Role: "manager", Hostname: LEADER.Hostname, State: "down" } as const;

const settle = (host: FakeHost, role: "manager" | "worker" = "manager") =>
  host.run("settle", variables(role, roster({ nodeId: "m0" })), { hurry: true });

describe("a node that a failed join as a manager left", () => {
  test("is removed, and no other", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", LEFT)
      .node("worker", { ...LEFT, Role: "worker" })
      .node("member", { ...LEFT, Reachability: "unreachable" })
      .node("named", { ...LEFT, labels: "digitalocean-swarm.node=manager-7\n" })
      .node("unheard", { ...LEFT, Hostname: "" })
      .node("another", { ...LEFT, Hostname: "swarm-manager-0" });
    expect(await settle(host)).toEqual({
      code: 0,
      stdout: "",
      stderr: `${LEADER.Hostname}: removed node left, which a failed join had left\n`,
    });
    expect(host.changes().slice(1)).toEqual(["flock --wait 3600 9", "docker node rm left"]);
    for (const id of ["m0", "worker", "member", "named", "unheard", "another"])
      expect(host.hasNode(id)).toBe(true);
  });

  test("is waited for until the swarm has given it up", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", { ...LEFT, State: "ready" });
    host.rules(`[[ $* != "node rm"* ]] || once asked || printf down >"$FAKE/nodes/left/State"`);
    expect((await settle(host)).code).toBe(0);
    expect(host.hasNode("left")).toBe(false);
  });

  test("is left alone where it lives, and that is said", async () => {
    const host = new FakeHost()
      .manager()
      .node("m0", LEADER)
      .node("left", { ...LEFT, State: "ready" });
    const { code, stderr } = await settle(host);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /leaves node left alone, which has this host's name and is no manager: .*is not down/,
    );
    expect(host.hasNode("left")).toBe(true);
  });

  test("that somebody else removes meanwhile is no fault", async () => {
    const host = new FakeHost().manager().node("m0", LEADER).node("left", LEFT);
    host.rules(`[[ $* != "node rm"* ]] || rm -r "$FAKE/nodes/left"`);
    const { code, stderr } = await settle(host);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("removed node left") as string,
    });
  });

  test("is not looked for where every manager is one, nor with the workers", async () => {
    const host = new FakeHost().manager().node("m0", LEADER);
    expect((await settle(host)).code).toBe(0);
    expect(host.calls().filter(call => call.startsWith("docker node ls"))).toEqual([]);
    const other = new FakeHost().manager().node("m0", { Hostname: LEADER.Hostname }).node("left", LEFT);
    expect((await settle(other, "worker")).code).toBe(0);
    expect(other.hasNode("left")).toBe(true);
  });

  test("cannot be looked for where the swarm does not answer: that is a fault", async () => {
    const host = new FakeHost().manager().node("m0", LEADER);
    host.write("no-list", "");
    const { code, stderr } = await settle(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for the swarm to list its managers\n.*error: the swarm does not answer/,
    );
  });
});
