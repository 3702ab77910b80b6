import { CUT, NO_LEADER, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

const MANAGER = { Role: "manager", Reachability: "reachable" } as const;
const one = roster({ nodeId: "m1" });

describe("managers", () => {
  test("are promoted at once, under the lock, and waited for until all are reachable", async () => {
    const host = new FakeHost().manager().node("m0", MANAGER).node("m1").node("m2");
    const { engine } = host.is({ promotesAtOnce: false });
    const reachable = (id: string) =>
      (engine.node(id).ManagerStatus = { Reachability: "reachable", Addr: "127.0.0.9:2377" });
    // The promoted ones are reachable only at a later look.
    let looks = 0;
    engine.when(/^GET \/nodes$/, () => {
      if (engine.node("m2").Spec.Role === "manager") looks++;
      if (looks === 3) reachable("m1");
      if (looks === 4) reachable("m2");
    });
    const text = roster(
      { nodeId: "m0" },
      { nodeId: "m1", labels: { tier: "web" } },
      { nodeId: "m2", availability: "drain" },
    );
    const outcome = await host.run("reconcile-pool", variables("manager", text));
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "node-1: promoted\nnode-2: promoted\n" });
    expect(engine.changes).toEqual([
      "locked update m0 Labels",
      "locked update m1 Role=manager Labels",
      "locked update m2 Role=manager Availability=drain Labels",
    ]);
    expect(host.labels("m1")).toContain("tier=web");
    expect(looks).toBeGreaterThan(3);
  });

  test("that do not become reachable are a fault that names the port", async () => {
    const host = new FakeHost().manager().node("m1").is({ promotesAtOnce: false });
    const { code, stderr } = await host.run("reconcile-pool", variables("manager", one));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 120 s for all managers to be reachable\nnode-0: error: is not reachable by the other managers, on port 2377\/tcp/,
    );
  });

  test("are promoted again when another writer was faster", async () => {
    const host = new FakeHost().manager().node("m1");
    const m1 = host.engine.node("m1");
    host.engine.when(/^POST \/nodes\/m1/, times => {
      if (times === 1) m1.Version.Index = 7;
    });
    expect(await host.run("reconcile-pool", variables("manager", one))).toMatchObject({ code: 0 });
    expect([m1.Spec.Role, m1.Version.Index]).toEqual(["manager", 8]);
  });

  test("a promotion that is refused fails with the engine's words, and is not tried again", async () => {
    const host = new FakeHost().manager().node("m1");
    host.engine.when(/^POST \/nodes/, () => refuse("certificate renewal failed"));
    const { code, stderr } = await host.run("reconcile-pool", variables("manager", one));
    expect(code).toBe(1);
    expect(stderr).toBe("node-0: error: could not be updated: certificate renewal failed\n");
    expect(host.engine.count(/^POST/)).toBe(1);
  });

  test("nothing is promoted while another change holds the lock", async () => {
    const host = await new FakeHost().manager().node("m1").heldLock();
    const { code, stderr } = await host.run("reconcile-pool", variables("manager", one), {
      bounds: { LOCK_SECONDS: 1 },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: other membership changes have held .* for 1 s; see which with 'fuser/);
    expect(host.engine.changes).toEqual([]);
  });
});

describe("an ID that is another node's", () => {
  const labels = { "digitalocean-swarm.node": "db-3" };

  test.each(["manager", "worker"] as const)("is refused before a %s is changed", async role => {
    const host = new FakeHost().manager().node("a").node("b", { labels });
    const text = roster({ nodeId: "a" }, { nodeId: "b", labels: { tier: "web" } });
    const { code, stderr } = await host.run("reconcile-pool", variables(role, text));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-1: error: has the node ID of db-3: its host was made of an image/);
    expect(host.engine.changes).toEqual([]);
  });

  test("is refused when both give it at once", async () => {
    const host = new FakeHost().manager().node("a");
    const { code, stderr } = await host.run(
      "reconcile-pool",
      variables("worker", roster({ nodeId: "a" }, { nodeId: "a" })),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-1: error: has the node ID of node-0: /);
    expect(host.engine.changes).toEqual([]);
  });

  test("is refused where the other pool was faster by a moment", async () => {
    const host = new FakeHost().manager().node("a");
    const node = host.engine.node("a");
    host.engine.when(/^POST \/nodes/, () => {
      node.Version.Index = 7;
      node.Spec.Labels = labels;
    });
    const { code, stderr } = await host.run("reconcile-pool", variables("worker", roster({ nodeId: "a" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: has the node ID of db-3/);
    expect(host.engine.changes).toEqual([]);
  });
});

test("an ID leads nowhere else, whatever a host gives for it", async () => {
  const ROSTER = JSON.stringify([{ id: "../swarm", name: "node-0", availability: "active", labels: {} }]);
  const host = new FakeHost().manager();
  const { code, stderr } = await host.run("reconcile-pool", { ...variables("worker"), ROSTER });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/its node ID \.\.\/swarm is unknown/)]);
  expect(host.engine.asked).toContain("GET /nodes/..%2Fswarm");
});

describe("refusals", () => {
  const run = (host: FakeHost) => host.run("reconcile-pool", variables("worker"));

  test("an unknown node ID is a node that was removed, or a host in another swarm", async () => {
    const host = new FakeHost().manager();
    const { code, stderr } = await host.run(
      "reconcile-pool",
      variables("worker", roster({ nodeId: "stranger" })),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /node-0: error: its node ID stranger is unknown to swarm the-cluster: it was removed by hand, or .* Set swarm.reconcile to another value/,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("a node that does not become ready, with its state and reason", async () => {
    const host = new FakeHost().manager().node("w", { State: "down", Message: "heartbeat failure" });
    const { code, stderr } = await host.run("reconcile-pool", variables("worker", roster({ nodeId: "w" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for all nodes to be ready\nnode-0: error: is down in the swarm, not ready: heartbeat failure/,
    );
  });

  test("a swarm that cannot say which nodes it has: only a clear no is a no", async () => {
    const host = new FakeHost().manager().node("w", { State: "down" });
    host.engine.when(/^GET \/nodes/, () => NO_LEADER);
    const { code, stderr } = await host.run("reconcile-pool", variables("worker", roster({ nodeId: "w" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /node-0: waited 60 s for the swarm to answer: .*not have a leader.*\nnode-0: error: the swarm does not answer\n$/,
    );
  });

  test("a host of another swarm, and one that is no manager", async () => {
    const other = await run(new FakeHost().manager("other"));
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /this host \(the-host\) belongs to swarm other, not to the-cluster; nothing was changed/,
    );
    const none = await run(new FakeHost());
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/is not a manager of the swarm \(state: inactive\)/);
  });

  test("a swarm without a leader, which may get one while it is waited for", async () => {
    const host = new FakeHost().manager().is({ hasLeader: false });
    const { code, stderr } = await run(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 60 s for the engine and the managers' leader: .*\nweb-0: error: the swarm has no leader: more than half/,
    );
    host.engine.when(/^GET \/info/, () => host.is({ hasLeader: true }));
    expect((await run(host)).code).toBe(0);
  });

  test.each([{ down: true }, { state: "pending", manager: false } as const])(
    "an engine that is down, or looks for its swarm, which may come back while it is waited for: %j",
    async trouble => {
      const host = new FakeHost().manager().is(trouble);
      const { code, stderr } = await run(host);
      expect(code).toBe(1);
      expect(stderr).toMatch(/web-0: error: the Docker engine of this host \(the-host\) does not answer/);
      host.engine.when(/^GET \/info/, () => host.manager().is({ down: false }));
      expect((await run(host)).code).toBe(0);
    },
  );

  test("a locked manager, with what to do", async () => {
    const { code, stderr } = await run(new FakeHost().manager().is({ state: "locked", manager: false }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/is locked: unlock it with 'docker swarm unlock', then run the update again/);
  });

  test("an engine that closes the connection", async () => {
    const host = new FakeHost().manager().node("w");
    host.engine.when(/^POST/, () => CUT);
    const { code, stderr } = await host.run("reconcile-pool", variables("worker", roster({ nodeId: "w" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: could not be updated: the Docker engine did not answer: /);
  });
});
