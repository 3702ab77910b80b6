import { FakeHost } from "./fake-host";
import { roster, variables } from "./settle-input";

describe("labels and availability", () => {
  /** What every node gets: its name, and the availability that the program gave it. */
  const OWN = ["digitalocean-swarm.availability=active", "digitalocean-swarm.node=node-0"];

  /** Settles one worker that has `before`, and gives its labels afterwards but for those, sorted. */
  async function settle(before: string, labels: Record<string, string>) {
    const host = new FakeHost().manager().node("w", { labels: before });
    const { code, stderr } = await host.run("settle", variables("worker", roster({ nodeId: "w", labels })));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const after = host.read("nodes/w/labels").split("\n").filter(Boolean).sort();
    expect(after).toEqual(expect.arrayContaining(OWN));
    return { after: after.filter(label => !OWN.includes(label)), host };
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

  test("one of ours is the node's name in the program", async () => {
    const { host } = await settle("mine=1\n", {});
    expect(host.read("nodes/w/labels")).toMatch(/^digitalocean-swarm.node=node-0$/m);
    expect(host.changes()).toHaveLength(1);
    const named = await settle(OWN.join("\n"), {});
    expect(named.host.changes()).toEqual([]);
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
