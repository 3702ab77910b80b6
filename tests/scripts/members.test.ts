import { NO_LEADER } from "./engine-objects";
import { FakeHost } from "./fake-host";

const VARIABLES = { CLUSTER: "the-cluster", ASKED: "0 again", JOIN_SECONDS: 1 };
const swarm = () =>
  new FakeHost()
    .manager()
    .node("m0", {
      Role: "manager",
      Reachability: "reachable",
      Hostname: "swarm-manager-0-a1",
      labels: { "digitalocean-swarm.node": "manager-0" },
    })
    .node("m1", { Role: "manager", Hostname: "swarm-manager-1-b2" })
    .node("w0", { Hostname: "swarm-web-0-c3", labels: { tier: "web", "digitalocean-swarm.node": "web-0" } });

test("all nodes are listed, each with what it is by now: who is to be a manager and is none is a worker", async () => {
  const host = swarm();
  const { code, stdout, stderr } = await host.run("members", VARIABLES);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toEqual([
    { id: "m0", role: "manager", hostname: "swarm-manager-0-a1", name: "manager-0" },
    { id: "m1", role: "worker", hostname: "swarm-manager-1-b2", name: "" },
    { id: "w0", role: "worker", hostname: "swarm-web-0-c3", name: "web-0" },
  ]);
  expect(host.engine.changes).toEqual([]);
});

test("a first manager that is about to join again is waited for, as long as a join may take", async () => {
  const away = () => swarm().is({ state: "inactive", manager: false });
  const { code, stderr } = await away().run("members", VARIABLES);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^web-0: waited 1 s for this host to be a manager: .*\nweb-0: error: .*is not a manager of the swarm \(state: inactive\)/,
  );
  const again = away();
  again.engine.when(/^GET \/swarm/, times => {
    if (times === 200) again.manager();
  });
  expect(await again.run("members", { ...VARIABLES, JOIN_SECONDS: 300 })).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringContaining('"m0"') as string,
  });
});

test("a moment in which the nodes are not listed is waited out", async () => {
  const host = swarm();
  host.engine.when(/^GET \/nodes/, times => (times === 1 ? NO_LEADER : undefined));
  const { code, stdout } = await host.run("members", VARIABLES);
  expect([code, (JSON.parse(stdout) as unknown[]).length]).toEqual([0, 3]);
  const deaf = swarm();
  deaf.engine.when(/^GET \/nodes/, () => NO_LEADER);
  expect(await deaf.run("members", VARIABLES)).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "web-0: waited 60 s for the managers to list the nodes: rpc error: The swarm does not have a leader.\nweb-0: error: the swarm does not list its nodes\n",
  });
});

test("another swarm's nodes are not listed", async () => {
  const host = swarm().manager("theirs");
  expect(await host.run("members", VARIABLES)).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/belongs to swarm theirs, not to the-cluster/) as string,
  });
});
