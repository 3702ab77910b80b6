import { CUT, NO_LEADER, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

type Labels = Record<string, string>;

describe("labels and availability", () => {
  /** What every node gets: its name, and the availability that the program gave it. */
  const OWN = ["digitalocean-swarm.availability=active", "digitalocean-swarm.node=node-0"];

  /** Reconciles one worker that has `before`, and gives its labels afterwards but for those, sorted. */
  async function reconcile(before: Labels, labels: Labels) {
    const host = new FakeHost().manager().node("w", { labels: before });
    const text = roster({ nodeId: "w", labels });
    expect(await host.run("reconcile-pool", variables("worker", text))).toMatchObject({
      code: 0,
      stderr: "",
    });
    const after = host.labels("w");
    expect(after).toEqual(expect.arrayContaining(OWN));
    return { after: after.filter(label => !OWN.includes(label)), host };
  }

  test.each<[string, Labels, Labels, string[]]>([
    [
      "new ones are added, and remembered as ours",
      {},
      { tier: "web", a: "1" },
      ["a=1", "digitalocean-swarm.labels=a tier", "tier=web"],
    ],
    [
      "a changed value is changed",
      { tier: "db", "digitalocean-swarm.labels": "tier" },
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    [
      "those of ours that are not wanted any more go",
      { tier: "web", old: "1", "digitalocean-swarm.labels": "old tier" },
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    [
      "those that people set stay",
      { mine: "1", tier: "web", "digitalocean-swarm.labels": "tier" },
      { tier: "db" },
      ["digitalocean-swarm.labels=tier", "mine=1", "tier=db"],
    ],
    [
      "the record goes with the last of ours",
      { mine: "1", tier: "web", "digitalocean-swarm.labels": "tier" },
      {},
      ["mine=1"],
    ],
    [
      "one of ours that people took away is not missed",
      { gone: "", "digitalocean-swarm.labels": "gone lost" },
      {},
      [],
    ],
    [
      "one that people set becomes ours when it is asked for",
      { tier: "db" },
      { tier: "web" },
      ["digitalocean-swarm.labels=tier", "tier=web"],
    ],
    ["an empty value is a value", {}, { flag: "" }, ["digitalocean-swarm.labels=flag", "flag="]],
    [
      "a key that another starts with is another key",
      { a: "1", ab: "2", "digitalocean-swarm.labels": "a ab" },
      { ab: "2" },
      ["ab=2", "digitalocean-swarm.labels=ab"],
    ],
    [
      "any text arrives as it is",
      {},
      { text: `it's $(touch /nowhere/x) "q" \\ * ;` },
      ["digitalocean-swarm.labels=text", `text=it's $(touch /nowhere/x) "q" \\ * ;`],
    ],
  ])("%s", async (_, before, labels, expected) => {
    expect((await reconcile(before, labels)).after).toEqual(expected);
  });

  test("one call sets all that differs, and only that", async () => {
    const before = { tier: "web", old: "1", "digitalocean-swarm.labels": "old tier" };
    const { host } = await reconcile(before, { tier: "web", n: "2" });
    expect(host.engine.changes).toEqual(["update w Labels"]);
  });

  test("name and role, if somebody changed them by hand, are left alone", async () => {
    const host = new FakeHost().manager().node("w", { Role: "manager", Name: 'the "big" one' });
    const text = roster({ nodeId: "w", labels: { tier: "web" } });
    expect(await host.run("reconcile-pool", variables("worker", text))).toMatchObject({ code: 0 });
    expect(host.labels("w")).toContain("tier=web");
    expect(host.engine.node("w").Spec).toMatchObject({ Role: "manager", Name: 'the "big" one' });
  });

  test("one of ours is the node's name in the program", async () => {
    const { host } = await reconcile({ mine: "1" }, {});
    expect(host.engine.changes).toHaveLength(1);
    const named = await reconcile(
      { "digitalocean-swarm.availability": "active", "digitalocean-swarm.node": "node-0" },
      {},
    );
    expect(named.host.engine.changes).toEqual([]);
  });

  test("run again it changes nothing", async () => {
    const text = roster(
      { nodeId: "a", labels: { tier: "web", e: "" } },
      { nodeId: "b", availability: "drain" },
    );
    const host = new FakeHost().manager().node("a").node("b");
    expect((await host.run("reconcile-pool", variables("worker", text))).code).toBe(0);
    expect(host.engine.changes).toEqual(["update a Labels", "update b Availability=drain Labels"]);
    expect((await host.run("reconcile-pool", variables("worker", text))).code).toBe(0);
    expect(host.engine.changes).toHaveLength(2);
  });

  test("another writer's conflict is tried again", async () => {
    const host = new FakeHost().manager().node("w", { Availability: "drain" });
    const node = host.engine.node("w");
    host.engine.when(/^POST/, times => {
      if (times > 1) return;
      node.Version.Index = 7;
      node.Spec.Labels = { "by-hand": "1" };
    });
    const text = roster({ nodeId: "w", labels: { tier: "web" } });
    expect(await host.run("reconcile-pool", variables("worker", text))).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(node.Spec.Availability).toBe("active");
    expect(host.labels("w")).toEqual(expect.arrayContaining(["by-hand=1", "tier=web"]));
    expect(node.Version.Index).toBe(8);
  });
});

describe("while labels are given", () => {
  const run = (host: FakeHost) =>
    host.run("reconcile-pool", variables("worker", roster({ nodeId: "w", labels: { tier: "web" } })));

  test("the leader may be lost for a moment", async () => {
    const host = new FakeHost().manager().node("w");
    host.engine.when(/^POST/, times => (times === 1 ? NO_LEADER : undefined));
    host.engine.when(/^GET \/nodes/, times => (times === 2 ? NO_LEADER : undefined));
    expect(await run(host)).toMatchObject({ code: 0, stderr: "" });
    expect(host.labels("w")).toContain("tier=web");
  });

  test("a node that is gone is named", async () => {
    const host = new FakeHost().manager().node("w");
    host.engine.when(/^POST/, () => {
      host.engine.nodes.clear();
      return NO_LEADER;
    });
    const { code, stderr } = await run(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 60 s for the nodes' updates to be taken\nnode-0: error: was removed from the swarm, or the swarm lost its leader\n$/,
    );
  });

  test("changes of others that do not end are a fault", async () => {
    const host = new FakeHost().manager().node("w");
    host.engine.when(/^POST/, () => host.engine.node("w").Version.Index++);
    const { code, stderr } = await run(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(/web-0: error: other changes of the nodes did not end\n$/);
  });

  test("no answer is no success", async () => {
    const host = new FakeHost().manager().node("w");
    host.engine.when(/^POST/, () => CUT);
    const { code, stderr } = await run(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /node-0: error: could not be updated: the Docker engine did not answer: Remote end closed/,
    );
  });
});

describe("many nodes", () => {
  const many = Array.from({ length: 20 }, (_, i) => ({ nodeId: `w${i}`, labels: { tier: "web" } }));
  const twenty = () => many.reduce((host, { nodeId }) => host.node(nodeId), new FakeHost().manager());
  const run = (host: FakeHost) => host.run("reconcile-pool", variables("worker", roster(...many)));

  test("are seen in one look, and changed by one process", async () => {
    const host = twenty();
    expect((await run(host)).code).toBe(0);
    expect(host.engine.count(/^GET \/nodes/)).toBe(1);
    expect(host.calls()).toEqual([]);
    expect(host.engine.changes).toHaveLength(many.length);
    for (const { nodeId } of many) expect(host.labels(nodeId)).toContain("tier=web");
  });

  test("of which one cannot be changed are a fault that names it, and the next run does what is left", async () => {
    const host = twenty();
    host.engine.when(/^POST \/nodes\/w3\//, () => refuse("no room for labels"));
    const { code, stderr } = await run(host);
    expect([code, stderr]).toEqual([1, "node-3: error: could not be updated: no room for labels\n"]);
    expect(host.engine.changes).toHaveLength(many.length - 1);
    host.engine.forget();
    expect((await run(host)).code).toBe(0);
    expect(host.labels("w3")).toContain("tier=web");
  });
});
