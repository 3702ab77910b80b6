import { FakeHost } from "./fake-host";

/** A node of the swarm's first generation, whose host goes. */
const VARIABLES = { CLUSTER: "the-cluster", GENERATION: 0, NODE_ID: "gone", DRAIN_SECONDS: 1 };
const SAID = "web-0: swarm the-cluster was given up for another: there is nothing to leave\n";
const LEFT = { code: 0, stdout: "", stderr: "web-0: left the swarm\n" };

describe("where the control host is of a later generation, a node that leaves", () => {
  const later = (cluster?: string) =>
    new FakeHost().manager(cluster).node("gone").write("membership", "1 again\n");

  test("has nothing to leave if its swarm was given up for another", async () => {
    const host = later("another");
    expect(await host.run("leave", VARIABLES)).toEqual({ code: 0, stdout: "", stderr: SAID });
    expect(host.engine.changes).toEqual([]);
  });

  test("leaves as ever if its swarm was kept", async () => {
    expect(await later().run("leave", VARIABLES)).toEqual(LEFT);
  });

  test("leaves as ever if its swarm was kept, and has no leader for a moment", async () => {
    const host = later().is({ hasLeader: false });
    host.engine.when(/^GET \/swarm/, times => times === 2 && host.is({ hasLeader: true }));
    expect(await host.run("leave", VARIABLES)).toEqual(LEFT);
  });

  test("fails where no leader says which swarm it is", async () => {
    const host = later().is({ hasLeader: false });
    const { code, stderr } = await host.run("leave", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the swarm has no leader: .* raise swarm.generation by one\n$/);
    expect(host.engine.changes).toEqual([]);
  });
});

test.each<[string, string, number]>([
  ["of no mark", "", 0],
  ["of an empty mark", "\n", 0],
  ["of the same generation", "0 again\n", 0],
  ["of the same later generation", "2\n", 2],
  ["of an earlier generation", "1\n", 2],
])("where the control host is %s, another swarm is a fault", async (_, mark, GENERATION) => {
  const host = new FakeHost().manager("another").node("gone");
  if (mark) host.write("membership", mark);
  const { code, stderr } = await host.run("leave", { ...VARIABLES, GENERATION });
  expect(code).toBe(1);
  expect(stderr).toMatch(/belongs to swarm another, not to the-cluster; nothing was changed/);
  expect(host.engine.changes).toEqual([]);
});
