import { NO_LEADER, type NodeState, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";

const VARIABLES = { CLUSTER: "the-cluster", GENERATION: 0, NODE_ID: "gone", DRAIN_SECONDS: 15 };
const MANAGER: NodeState = { Role: "manager", Reachability: "reachable" };
const DRAINED = ["update gone Availability=pause", "locked update gone Availability=drain"];
const LEFT = { code: 0, stdout: "", stderr: "web-0: left the swarm\n" };

describe("a node that leaves", () => {
  test("is drained, and removed when its tasks have stopped", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.tasks = { gone: ["running"], other: ["running"] };
    host.engine.when(/^GET \/tasks/, times => {
      if (times === 2) host.engine.tasks.gone = ["shutdown"];
    });
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(host.engine.count(/^GET \/tasks/)).toBe(2);
    expect(host.engine.changes).toEqual([...DRAINED, "locked remove gone by force"]);
  });

  test("and is a manager is demoted first, under the lock, and waited for", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER).is({ demotesAtOnce: false });
    // The engine says `worker` at once; its membership of the managers ends later.
    let looks = 0;
    host.engine.when(/^GET \/nodes\/gone/, () => {
      const node = host.engine.node("gone");
      if (node.Spec.Role === "worker" && ++looks === 3) delete node.ManagerStatus;
    });
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(host.engine.changes).toEqual([
      ...DRAINED,
      "locked update gone Role=worker",
      "locked remove gone by force",
    ]);
  });

  test.each([
    [/^GET \/services/, "could not be drained: the swarm does not answer"],
    [/^GET \/nodes\/gone/, "the swarm does not answer"],
  ])("waits where the swarm does not answer to %s, and says so when it gives up", async (asked, why) => {
    const host = new FakeHost().manager().node("gone");
    host.engine.when(asked, times => (times === 1 ? NO_LEADER : undefined));
    expect(await host.run("leave", VARIABLES)).toMatchObject({ code: 0 });
    const deaf = new FakeHost().manager().node("gone");
    deaf.engine.when(asked, () => NO_LEADER);
    const { code, stderr } = await deaf.run("leave", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toContain(`web-0: error: ${why}`);
    expect(deaf.hasNode("gone")).toBe(true);
  });

  test("whose tasks do not stop goes all the same, in time", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.tasks = { gone: ["shutdown", "starting"] };
    expect(await host.run("leave", { ...VARIABLES, DRAIN_SECONDS: 1 })).toMatchObject({
      code: 0,
      stderr:
        "web-0: waited 1 s for its tasks to stop\nweb-0: goes on: the tasks end with the host\nweb-0: left the swarm\n",
    });
    expect(host.hasNode("gone")).toBe(false);
  });

  test("waits until services that were whole are whole again, and for no other", async () => {
    const host = new FakeHost().manager().node("gone");
    const { engine } = host;
    engine.tasks = { gone: ["running"] };
    engine.services = { web: [2, 2], broken: [0, 1], more: [3, 2] };
    let looks = 0;
    engine.when(/^GET \/tasks/, () => {
      engine.tasks = {};
      engine.services = { web: [1, 2], broken: [0, 1], more: [2, 2] };
    });
    engine.when(/^GET \/services/, () => {
      if (engine.services.web?.[0] === 1 && ++looks === 3) engine.services.web = [2, 2];
    });
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(looks).toBe(3);
  });

  test("goes on in time when a service does not find a place", async () => {
    const host = new FakeHost().manager().node("gone");
    host.engine.services = { web: [1, 1] };
    host.engine.when(/^GET \/tasks/, () => (host.engine.services = { web: [0, 1] }));
    const { code, stderr } = await host.run("leave", { ...VARIABLES, DRAIN_SECONDS: 1 });
    expect([code, stderr]).toEqual([
      0,
      "web-0: waited 1 s for its tasks to run elsewhere\nweb-0: goes on: a service lacks replicas\nweb-0: left the swarm\n",
    ]);
  });

  test.each(["complete", "failed", "rejected", "orphaned"])(
    "has no task to wait for when they are %p",
    async state => {
      const host = new FakeHost().manager().node("gone");
      host.engine.tasks = { gone: [state] };
      expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    },
  );

  test("and is dead is not waited for", async () => {
    const host = new FakeHost().manager().node("gone", { ...MANAGER, State: "down" });
    host.engine.tasks = { gone: ["running"] };
    host.engine.services = { web: [1, 1] };
    host.engine.when(/^POST \/nodes/, () => (host.engine.services = { web: [0, 1] }));
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(host.engine.changes).toHaveLength(4);
  });

  test("waits for the nodes to report to the leader, where it was a manager, and not for ever", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER).node("other", { State: "unknown" });
    expect(await host.run("leave", VARIABLES)).toMatchObject({
      code: 0,
      stderr: "web-0: waited 60 s for the nodes to report to the leader\nweb-0: left the swarm\n",
    });
  });

  test("has left before: nothing is done", async () => {
    const host = new FakeHost().manager();
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: node gone has left the swarm before\n",
    });
    expect(host.engine.changes).toEqual([]);
  });

  test.each(["", "gone"])("and is not the node by its name is left alone; itself: %j", async control => {
    const labels = { "digitalocean-swarm.node": "db-3" };
    const host = new FakeHost()
      .manager("the-cluster", control || "control-node")
      .node("gone", { ...MANAGER, labels });
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: expect.stringMatching(/web-0: leaves node gone alone, which is db-3\. If /) as string,
    });
    expect(host.engine.changes).toEqual([]);
    const ours = new FakeHost().manager().node("gone", { labels: { "digitalocean-swarm.node": "web-0" } });
    expect(await ours.run("leave", VARIABLES)).toEqual(LEFT);
  });

  test.each([/^DELETE/, /^POST \/nodes\/gone/, /^GET \/tasks/])(
    "and is removed by someone else meanwhile, as %s is asked, is no fault",
    async asked => {
      const host = new FakeHost().manager().node("gone", { Availability: "drain" });
      host.engine.when(asked, () => host.engine.nodes.delete("gone"));
      expect(await host.run("leave", VARIABLES)).toMatchObject({ code: 0 });
    },
  );

  test("conflicts with other writers are tried again", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER);
    const node = host.engine.node("gone");
    host.engine.when(/^POST/, times => times % 2 === 1 && node.Version.Index++);
    host.engine.when(/^DELETE/, times =>
      times === 1 ? refuse("rpc error: code = Unknown desc = raft proposal dropped") : undefined,
    );
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
    expect(host.engine.count(/^POST|^DELETE/)).toBe(8);
  });
});
