import { FakeHost } from "./fake-host";
import { roster, variables } from "./settle-input";

const MANAGER = { Role: "manager", Addr: "10.0.0.1:2377", Reachability: "reachable" } as const;

describe("managers", () => {
  test("are promoted at once, under the lock, and waited for until all are reachable", async () => {
    const host = new FakeHost().manager().node("m0", MANAGER).node("m1").node("m2").write("slow", "");
    // The promoted ones are reachable only at a later look.
    host.rules(`
      if [[ $* == *Reachability* && $(<"$FAKE/nodes/m2/Role") == manager ]]; then
        once first || once second || printf reachable >"$FAKE/nodes/m1/Reachability"
        once third || printf reachable >"$FAKE/nodes/m2/Reachability"
      fi`);
    const text = roster(
      { nodeId: "m0" },
      { nodeId: "m1", labels: { tier: "web" } },
      { nodeId: "m2", availability: "drain" },
    );
    const outcome = await host.run("settle", variables("manager", text));
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "node-1: promoted\nnode-2: promoted\n" });
    expect(host.changes()).toEqual([
      "flock --wait 3600 9",
      expect.stringMatching(/^update m0 .*"Role":"manager","Availability":"active"/),
      expect.stringMatching(/^update m1 .*"Role":"manager","Availability":"active".*"tier":"web"/),
      expect.stringMatching(/^update m2 .*"Role":"manager","Availability":"drain"/),
    ]);
    expect(host.read("nodes/m2/Reachability")).toBe("reachable");
  });

  test("that do not become reachable are a fault that names the port", async () => {
    const host = new FakeHost().manager().node("m1").write("slow", "");
    const { code, stderr } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })), {
      hurry: true,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: is not reachable by the other managers, on port 2377\/tcp/);
  });

  test("are promoted again when another writer was faster", async () => {
    const host = new FakeHost().manager().node("m1");
    host.write(
      "curl-rules",
      `[[ -e $FAKE/theirs ]] || { : >$FAKE/theirs; printf 7 >$FAKE/nodes/m1/Version; }`,
    );
    const { code } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })));
    expect(code).toBe(0);
    expect(host.read("nodes/m1/Role")).toBe("manager");
    expect(host.read("nodes/m1/Version")).toBe("8");
  });

  test("a promotion that is refused fails with the engine's words, and is not tried again", async () => {
    const host = new FakeHost().manager().node("m1").write("refuse-m1", "certificate renewal failed");
    const { code, stderr } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-0: error: could not be updated: .*certificate renewal failed/);
    expect(host.calls().filter(call => call.includes("--config"))).toHaveLength(1);
  });

  test("nothing is promoted while another change holds the lock", async () => {
    const host = new FakeHost().manager().node("m1").write("locked", "");
    const { code, stderr } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: other membership changes have held .* for 3600 s; see which with 'fuser/);
    expect(host.changes()).toEqual(["flock --wait 3600 9"]);
  });
});

describe("the swarm's settings", () => {
  const settle = (
    host: FakeHost,
    settings: Readonly<Record<string, string | number>>,
    role: "manager" | "worker",
  ) => host.run("settle", { ...variables(role, ""), ...settings });

  test("that are so already are left alone, and so are external CAs that nobody asked for", async () => {
    const host = new FakeHost().manager().engine({ ExternalCAs: "https://by-hand/sign " });
    expect((await settle(host, {}, "manager")).code).toBe(0);
    expect(host.changes()).toEqual([]);
  });

  test("that differ are changed in one call, which shows no unlock key", async () => {
    const host = new FakeHost().manager();
    const wanted = {
      CERT_HOURS: 24,
      AUTOLOCK: "true",
      EXTERNAL_CAS: "https://a/sign https://b/sign",
    };
    const { code, stdout, stderr } = await settle(host, wanted, "manager");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe("web-0: changed the swarm's settings\n");
    expect(host.changes()).toEqual([
      "docker swarm update --cert-expiry 24h --autolock=true --external-ca protocol=cfssl\\,url=https://a/sign --external-ca protocol=cfssl\\,url=https://b/sign",
    ]);
  });

  test("go with the managers, not with the workers", async () => {
    const host = new FakeHost().manager();
    expect((await settle(host, { CERT_HOURS: 24 }, "worker")).code).toBe(0);
    expect(host.changes()).toEqual([]);
  });

  test("that are refused are a fault with the engine's words", async () => {
    const host = new FakeHost().manager();
    host.rules(`[[ $* != "swarm update"* ]] || refuse "invalid expiry"`);
    const { code, stderr } = await settle(host, { CERT_HOURS: 1 }, "manager");
    expect(code).toBe(1);
    expect(stderr).toMatch(/invalid expiry\n.*error: the swarm's settings could not be changed/);
  });
});

describe("an ID that is another node's", () => {
  const THEIRS = "digitalocean-swarm.node=db-3\n";

  test.each(["manager", "worker"] as const)("is refused before a %s is changed", async role => {
    const host = new FakeHost().manager().node("a").node("b", { labels: THEIRS });
    const { code, stderr } = await host.run(
      "settle",
      variables(role, roster({ nodeId: "a" }, { nodeId: "b", labels: { tier: "web" } })),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-1: error: has the node ID of db-3: its host was made of an image/);
    expect(host.changes()).toEqual([]);
  });

  test("is refused when both give it at once", async () => {
    const host = new FakeHost().manager().node("a");
    const { code, stderr } = await host.run(
      "settle",
      variables("worker", roster({ nodeId: "a" }, { nodeId: "a" })),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-1: error: has the node ID of node-0: /);
    expect(host.changes()).toEqual([]);
  });

  test("is refused where the other pool was faster by a moment", async () => {
    const host = new FakeHost().manager().node("a");
    host.write(
      "curl-rules",
      `printf 7 >$FAKE/nodes/a/Version; echo digitalocean-swarm.node=db-3 >$FAKE/nodes/a/labels`,
    );
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "a" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: has the node ID of db-3/);
    expect(host.read("nodes/a/labels")).toBe(THEIRS);
  });
});

describe("refusals", () => {
  test("an unknown node ID is a node that was removed, or a host in another swarm", async () => {
    const host = new FakeHost().manager();
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "stranger" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /node-0: error: its node ID stranger is unknown to swarm the-cluster: it was removed by hand, or .* Set swarm.reconcile to another value/,
    );
    expect(host.changes()).toEqual([]);
  });

  test("a node that does not become ready, with its state and reason", async () => {
    const host = new FakeHost().manager().node("w", { State: "down", Message: "heartbeat failure" });
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "w" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for all nodes to be ready\nnode-0: error: is down in the swarm, not ready: heartbeat failure/,
    );
  });

  test("a host of another swarm, and one that is no manager", async () => {
    const other = await new FakeHost().manager("other").run("settle", variables("worker", ""));
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /this host \(the-host\) belongs to swarm other, not to the-cluster; nothing was changed/,
    );
    const none = await new FakeHost().run("settle", variables("worker", ""));
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/is not a manager of the swarm \(state: inactive\)/);
  });

  test("a swarm without a leader, which may get one while it is waited for", async () => {
    const host = new FakeHost().manager().write("no-leader", "");
    const { code, stderr } = await host.run("settle", variables("worker", ""), { hurry: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for the engine and the managers' leader\nweb-0: error: the swarm has no leader: more than half/,
    );
    host.rules(`[[ $* != *LocalNodeState* ]] || rm -f "$FAKE/no-leader"`);
    expect((await host.run("settle", variables("worker", ""))).code).toBe(0);
  });

  test("an engine that is down, or looks for its swarm, which may come back while it is waited for", async () => {
    const troubles: Record<string, string>[] = [
      { down: "" },
      { LocalNodeState: "pending", ControlAvailable: "false" },
    ];
    for (const engine of troubles) {
      const host = new FakeHost().manager().engine(engine);
      const { code, stderr } = await host.run("settle", variables("worker", ""), { hurry: true });
      expect(code).toBe(1);
      expect(stderr).toMatch(/web-0: error: the Docker engine of this host \(the-host\) does not answer/);
      host.rules(
        `[[ $* != *LocalNodeState* ]] || { rm -f "$FAKE/engine/down"; printf active >"$FAKE/engine/LocalNodeState"; printf true >"$FAKE/engine/ControlAvailable"; }`,
      );
      expect((await host.run("settle", variables("worker", ""))).code).toBe(0);
    }
  });

  test("a locked manager, with what to do", async () => {
    const host = new FakeHost().manager().engine({ LocalNodeState: "locked", ControlAvailable: "false" });
    const { code, stderr } = await host.run("settle", variables("worker", ""));
    expect(code).toBe(1);
    expect(stderr).toMatch(/is locked: unlock it with 'docker swarm unlock', then run the update again/);
  });
});
