import { type NodeState, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";

const VARIABLES = { CLUSTER: "the-cluster", GENERATION: 0, NODE_ID: "gone", DRAIN_SECONDS: 15 };
const MANAGER: NodeState = { Role: "manager", Reachability: "reachable" };
const LEFT = { code: 0, stdout: "", stderr: "web-0: left the swarm\n" };

describe("refusals", () => {
  const refused = async (host: FakeHost) => {
    const { code, stderr } = await host.run("leave", VARIABLES, { bounds: { LOCK_SECONDS: 1 } });
    expect(code).toBe(1);
    expect(host.engine.changes.join()).not.toContain("remove");
    return stderr;
  };

  test("the control endpoint that was taken out by hand lets its host go", async () => {
    const host = new FakeHost().manager("the-cluster", "gone").is({ manager: false });
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: is no manager any more, and its host goes\n",
    });
  });

  test("the control endpoint does not remove itself", async () => {
    const host = new FakeHost().manager("the-cluster", "gone").node("gone", MANAGER);
    expect(await refused(host)).toMatch(
      /error: the control address leads to this very node, which cannot remove itself/,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("another swarm is left alone", async () => {
    const host = new FakeHost().manager("theirs").node("gone");
    expect(await refused(host)).toMatch(/belongs to swarm theirs, not to the-cluster; nothing was changed/);
    expect(host.engine.changes).toEqual([]);
  });

  test("a host that is no manager says so", async () => {
    const host = new FakeHost().node("gone");
    expect(await refused(host)).toMatch(
      /this host \(the-host\) is not a manager of the swarm \(state: inactive\)/,
    );
  });

  test("an availability that is refused keeps the engine's words", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.when(/^POST/, () => refuse("some reason"));
    expect(await refused(host)).toBe("web-0: error: could not be set to pause: some reason\n");
  });

  test("conflicts that do not end are given up", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.when(/^POST/, () => host.engine.node("gone").Version.Index++);
    expect(await refused(host)).toMatch(
      /^web-0: waited 60 s for the managers to agree\nweb-0: error: could not be set to pause: .*out of sequence\n$/,
    );
  });

  test("a demotion that would cost quorum is given up, and the node stays", async () => {
    const host = new FakeHost().manager().node("gone", { ...MANAGER, Availability: "drain" });
    host.engine.when(/^POST/, () => refuse("can't remove member: it would lose quorum"));
    expect(await refused(host)).toMatch(
      /error: could not be demoted: .*it would lose quorum.* bring the others back first/,
    );
  });

  test("a manager that a new cluster was forced without is removed as it is", async () => {
    const host = new FakeHost()
      .manager()
      .node("gone", { Role: "manager", State: "down", Availability: "drain" });
    host.engine.when(/^POST/, () =>
      refuse("rpc error: code = NotFound desc = can't find manager in raft memberlist"),
    );
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(host.engine.changes).toEqual(["locked remove gone by force"]);
  });

  test("a manager that never leaves the managers is not removed", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER).is({ demotesAtOnce: false });
    expect(await refused(host)).toMatch(
      /waited 120 s for it to leave the managers\nweb-0: error: is still a manager 120 s after it was demoted/,
    );
  });

  test("nothing is removed while another change holds the lock", async () => {
    const host = await new FakeHost().manager().node("gone").heldLock();
    expect(await refused(host)).toMatch(/other membership changes have held/);
    expect(host.engine.changes).toEqual(["update gone Availability=pause"].map(step => `locked ${step}`));
  });

  test("a removal that is refused keeps the engine's words", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.when(/^DELETE/, () => refuse("some reason"));
    expect(await refused(host)).toMatch(/error: could not be removed: some reason/);
  });
});
