import { FakeHost, looked } from "./fake-host";

/** A node of the swarm's first generation, whose host goes. */
const VARIABLES = { CLUSTER: "the-cluster", GENERATION: 0, ID: "gone", DRAIN_SECONDS: 1 };
const SAID = "web-0: swarm the-cluster was given up for another: there is nothing to leave\n";

describe("where the control host is of a later generation, a node that leaves", () => {
  test("has nothing to leave if its swarm was given up for another", async () => {
    const host = new FakeHost().manager("another").node("gone").write("membership", "1 again\n");
    expect(await host.run("leave", VARIABLES)).toEqual({ code: 0, stdout: "", stderr: SAID });
    expect(host.changes()).toEqual([]);
    expect(host.hasNode("gone")).toBe(true);
  });

  test("leaves as ever if its swarm was kept", async () => {
    const host = new FakeHost().manager().node("gone").write("membership", "1\n");
    expect(await host.run("leave", VARIABLES)).toMatchObject({ code: 0, stderr: "web-0: left the swarm\n" });
    expect(host.hasNode("gone")).toBe(false);
  });

  test("leaves as ever if its swarm was kept, and has no leader for a moment", async () => {
    const host = new FakeHost().manager().node("gone").write("membership", "1\n").write("no-leader", "");
    const running = host.run("leave", VARIABLES);
    await looked(host, 2, running);
    await host.bash(["-c", `rm "$FAKE/no-leader"`]);
    expect(await running).toMatchObject({ code: 0, stderr: "web-0: left the swarm\n" });
    expect(host.hasNode("gone")).toBe(false);
  });

  test("fails where no leader says which swarm it is", async () => {
    const host = new FakeHost().manager().node("gone").write("membership", "1\n").write("no-leader", "");
    const { code, stderr } = await host.run("leave", VARIABLES, { hurry: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the swarm has no leader: .* raise swarm.generation by one\n$/);
    expect(host.hasNode("gone")).toBe(true);
  });
});

test.each<[string, string, number]>([
  ["of no mark", "", 0],
  ["of the same generation", "0 again\n", 0],
  ["of the same later generation", "2\n", 2],
  ["of an earlier generation", "1\n", 2],
])("where the control host is %s, another swarm is a fault", async (_, mark, GENERATION) => {
  const host = new FakeHost().manager("another").node("gone");
  if (mark) host.write("membership", mark);
  const { code, stderr } = await host.run("leave", { ...VARIABLES, GENERATION });
  expect(code).toBe(1);
  expect(stderr).toMatch(/belongs to swarm another, not to the-cluster; nothing was changed/);
  expect(host.changes()).toEqual([]);
});
