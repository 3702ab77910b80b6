import { rosterText } from "../../components/swarm/roster-text";
import { FakeHost } from "./fake-host";

const roster = (...nodes: { nodeId: string; labels?: Record<string, string>; availability?: "drain" }[]) =>
  rosterText(
    nodes.map(({ nodeId, labels = {}, availability = "active" as const }, i) => ({
      nodeId,
      name: `node-${i}`,
      availability,
      labels,
    })),
  );
const variables = (role: "manager" | "worker", text: string) => ({
  CLUSTER: "the-cluster",
  ROLE: role,
  READY_SECONDS: 1,
  LISTEN_PORT: 2377,
  CERT_HOURS: 2160,
  AUTOLOCK: "false",
  EXTERNAL_CAS: "",
  ROSTER: text,
});
const MANAGER = { Role: "manager", Addr: "10.0.0.1:2377", Reachability: "reachable" } as const;

describe("managers", () => {
  test("are promoted at once, under the lock, and waited for until all are reachable", async () => {
    const host = new FakeHost().manager().node("m0", MANAGER).node("m1").node("m2");
    // The promoted ones are reachable only at a later look.
    host.rules(`
      case $* in
        "node promote m1 m2")
          for id in m1 m2; do printf manager >"$FAKE/nodes/$id/Role"; done
          exit ;;
        *Reachability*) once first || once second || printf reachable >"$FAKE/nodes/m1/Reachability"
          once third || printf reachable >"$FAKE/nodes/m2/Reachability" ;;
      esac`);
    const text = roster({ nodeId: "m0" }, { nodeId: "m1" }, { nodeId: "m2" });
    const outcome = await host.run("settle", variables("manager", text));
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "node-1: promoted\nnode-2: promoted\n" });
    expect(host.changes()).toEqual(["flock --wait 3600 9", "docker node promote m1 m2"]);
    expect(host.read("nodes/m2/Reachability")).toBe("reachable");
  });

  test("that do not become reachable are a fault that names the port", async () => {
    const host = new FakeHost().manager().node("m1");
    host.rules(`[[ $* != "node promote"* ]] || { printf manager >"$FAKE/nodes/m1/Role"; exit; }`);
    const { code, stderr } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })), {
      hurry: true,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: is not reachable by the other managers, on port 2377\/tcp/);
  });

  test("are promoted again when another writer was faster", async () => {
    const host = new FakeHost().manager().node("m1");
    host.rules(`[[ $* != "node promote"* ]] || ! once conflict || refuse "update out of sequence"`);
    const { code } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })));
    expect(code).toBe(0);
    expect(host.changes().filter(call => call.includes("promote"))).toHaveLength(2);
  });

  test("a promotion that is refused fails with the engine's words, and is not tried again", async () => {
    const host = new FakeHost().manager().node("m1");
    host.rules(`[[ $* != "node promote"* ]] || refuse "certificate renewal failed"`);
    const { code, stderr } = await host.run("settle", variables("manager", roster({ nodeId: "m1" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/certificate renewal failed/);
    expect(host.changes().filter(call => call.includes("promote"))).toHaveLength(1);
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

describe("labels and availability", () => {
  /** Settles one worker that has `before`, and gives its labels afterwards, sorted. */
  async function settle(before: string, labels: Record<string, string>) {
    const host = new FakeHost().manager().node("w", { labels: before });
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "w", labels })));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return { after: host.read("nodes/w/labels").split("\n").filter(Boolean).sort(), host };
  }

  test.each<[string, string, Record<string, string>, string[]]>([
    [
      "new ones are added, and remembered as ours",
      "",
      { tier: "web", a: "1" },
      ["a=1", "digitalocean-swarm.labels=a tier", "tier=web"],
    ],
    [
      "a changed value is changed",
      "tier=db\ndigitalocean-swarm.labels=tier\n",
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    [
      "those of ours that are not wanted any more go",
      "tier=web\nold=1\ndigitalocean-swarm.labels=old tier\n",
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    [
      "those that people set stay",
      "mine=1\ntier=web\ndigitalocean-swarm.labels=tier\n",
      { tier: "db" },
      ["digitalocean-swarm.labels=tier", "mine=1", "tier=db"],
    ],
    [
      "the record goes with the last of ours",
      "mine=1\ntier=web\ndigitalocean-swarm.labels=tier\n",
      {},
      ["mine=1"],
    ],
    [
      "one of ours that people took away is not missed",
      "gone=\ndigitalocean-swarm.labels=gone lost\n",
      {},
      [],
    ],
    [
      "one that people set becomes ours when it is asked for",
      "tier=db\n",
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    ["an empty value is a value", "", { flag: "" }, ["digitalocean-swarm.labels=flag", "flag="]],
    [
      "a key that another starts with is another key",
      "a=1\nab=2\ndigitalocean-swarm.labels=a ab\n",
      { ab: "2" },
      ["ab=2", "digitalocean-swarm.labels=ab"],
    ],
    [
      "any text arrives as it is",
      "",
      { text: `it's $(touch /nowhere/x) "q" \\ * ;` },
      ["digitalocean-swarm.labels=text", `text=it's $(touch /nowhere/x) "q" \\ * ;`],
    ],
  ])("%s", async (_, before, labels, expected) => {
    expect((await settle(before, labels)).after).toEqual(expected);
  });

  test("one call sets all that differs, and only that", async () => {
    const { host } = await settle("tier=web\nold=1\ndigitalocean-swarm.labels=old tier\n", {
      tier: "web",
      n: "2",
    });
    expect(host.changes()).toEqual([
      expect.stringMatching(/^update w \{"Name":"","Role":"worker","Availability":"active","Labels":\{/),
    ]);
  });

  test("name and role, if somebody changed them by hand, are left alone", async () => {
    const host = new FakeHost().manager().node("w", { Role: "manager", Name: 'the "big" one' });
    const text = roster({ nodeId: "w", labels: { tier: "web" } });
    expect(await host.run("settle", variables("worker", text))).toMatchObject({ code: 0 });
    expect(host.read("nodes/w/labels")).toContain("tier=web");
    expect(host.read("nodes/w/Role")).toBe("manager");
    expect(host.read("nodes/w/Name")).toBe('the "big" one');
  });

  test("run again it changes nothing", async () => {
    const text = roster(
      { nodeId: "a", labels: { tier: "web", e: "" } },
      { nodeId: "b", availability: "drain" },
    );
    const host = new FakeHost().manager().node("a").node("b");
    expect((await host.run("settle", variables("worker", text))).code).toBe(0);
    expect(host.read("nodes/b/Availability")).toBe("drain");
    const changes = host.changes();
    expect(changes).toHaveLength(2);
    expect((await host.run("settle", variables("worker", text))).code).toBe(0);
    expect(host.changes()).toEqual(changes);
  });

  test("another writer's conflict is tried again", async () => {
    const host = new FakeHost().manager().node("w", { Availability: "drain" });
    host.write(
      "curl-rules",
      `[[ -e $FAKE/theirs ]] || { : >$FAKE/theirs; printf 7 >$FAKE/nodes/w/Version; echo by-hand=1 >$FAKE/nodes/w/labels; }`,
    );
    const text = roster({ nodeId: "w", labels: { tier: "web" } });
    expect(await host.run("settle", variables("worker", text))).toMatchObject({ code: 0, stderr: "" });
    expect(host.read("nodes/w/Availability")).toBe("active");
    expect(host.read("nodes/w/labels")).toMatch(/^by-hand=1$/m);
    expect(host.read("nodes/w/Version")).toBe("8");
  });
});

describe("while labels are given", () => {
  const text = roster({ nodeId: "w", labels: { tier: "web" } });
  const leaderless = () =>
    new FakeHost()
      .manager()
      .node("w")
      .write(
        "curl-rules",
        `[[ -e $FAKE/lost ]] || { : >$FAKE/lost; printf "The swarm does not have a leader." >$FAKE/refuse-w; }`,
      );

  test("the leader may be lost for a moment", async () => {
    const host = leaderless();
    host.rules(
      `[[ $* != *Spec.Labels* || ! -s $FAKE/refuse-w ]] || { rm $FAKE/refuse-w; refuse "no leader"; }`,
    );
    expect(await host.run("settle", variables("worker", text))).toMatchObject({ code: 0, stderr: "" });
    expect(host.read("nodes/w/labels")).toContain("tier=web");
  });

  test("a node that is gone is named", async () => {
    const host = leaderless();
    host.rules(`[[ $* != *Spec.Labels* || ! -s $FAKE/refuse-w ]] || refuse "no leader"`);
    const { code, stderr } = await host.run("settle", variables("worker", text), { hurry: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: was removed from the swarm, or the swarm lost its leader\n$/);
  });

  test("no answer is no success", async () => {
    const host = new FakeHost().manager().node("w").write("curl-rules", "exit 137");
    const { code, stderr } = await host.run("settle", variables("worker", text));
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the nodes could not be updated/);
  });

  test("what curl complains of is said", async () => {
    const host = new FakeHost().manager().node("w");
    host.write("curl-rules", `echo "curl: (52) Empty reply from server" >&2; echo "000 w"; exit 52`);
    const { code, stderr } = await host.run("settle", variables("worker", text));
    expect(code).toBe(1);
    expect(stderr).toMatch(/node-0: error: could not be updated: curl: \(52\) Empty reply/);
  });
});

describe("many nodes", () => {
  const many = Array.from({ length: 20 }, (_, i) => ({ nodeId: `w${i}`, labels: { tier: "web" } }));
  const twenty = () => many.reduce((host, { nodeId }) => host.node(nodeId), new FakeHost().manager());

  test("are seen in one look, and changed by one process", async () => {
    const host = twenty();
    expect((await host.run("settle", variables("worker", roster(...many)))).code).toBe(0);
    expect(host.calls().filter(call => call.includes("node inspect"))).toHaveLength(1);
    expect(host.calls().filter(call => call.includes("--config"))).toHaveLength(1);
    expect(host.changes()).toHaveLength(many.length);
    for (const { nodeId } of many) expect(host.read(`nodes/${nodeId}/labels`)).toContain("tier=web");
  });

  test("of which one cannot be changed are a fault that names it, and the next run does what is left", async () => {
    const host = twenty();
    host.write("refuse-w3", "no room for labels");
    const { code, stderr } = await host.run("settle", variables("worker", roster(...many)));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^node-3: error: could not be updated: .*no room for labels/);
    host.write("refuse-w3", "");
    expect((await host.run("settle", variables("worker", roster(...many)))).code).toBe(0);
    expect(host.read("nodes/w3/labels")).toContain("tier=web");
  });
});

describe("refusals", () => {
  test("an unknown node ID is a host in another swarm", async () => {
    const host = new FakeHost().manager();
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "stranger" })));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /node-0: error: its node ID stranger is unknown to swarm the-cluster: the host is in another/,
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
