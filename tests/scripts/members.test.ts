import { FakeHost, looked } from "./fake-host";

const VARIABLES = { CLUSTER: "the-cluster", ASKED: "0 again", WAIT_SECONDS: 1 };
const swarm = () =>
  new FakeHost()
    .manager()
    .node("m0", {
      Role: "manager",
      Reachability: "reachable",
      Hostname: "swarm-manager-0-a1",
      labels: "digitalocean-swarm.node=manager-0\n",
    })
    .node("m1", { Role: "manager", Hostname: "swarm-manager-1-b2" })
    .node("w0", { Hostname: "swarm-web-0-c3", labels: "tier=web\ndigitalocean-swarm.node=web-0\n" });

test("all nodes are listed, each with what it is by now: who is to be a manager and is none is a worker", async () => {
  const host = swarm();
  expect(await host.run("members", VARIABLES)).toEqual({
    code: 0,
    stdout: [
      "m0 manager swarm-manager-0-a1 manager-0",
      "m1 worker swarm-manager-1-b2 ",
      "w0 worker swarm-web-0-c3 web-0",
      "",
    ].join("\n"),
    stderr: "",
  });
  expect(host.changes()).toEqual([]);
});

test("a first manager that is about to join again is waited for, as long as a join may take", async () => {
  const away = () => swarm().engine({ LocalNodeState: "inactive", ControlAvailable: "false" });
  const back = `printf active >"$FAKE/engine/LocalNodeState"; printf true >"$FAKE/engine/ControlAvailable"`;
  const { code, stderr } = await away().run("members", VARIABLES);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^web-0: waited 1 s for this host to be a manager\nweb-0: error: .*is not a manager of the swarm \(state: inactive\)/,
  );
  const again = away();
  const running = again.run("members", { ...VARIABLES, WAIT_SECONDS: 100_000 });
  await looked(again, 3, running);
  expect((await again.bash(["-c", back])).code).toBe(0);
  expect(await running).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/^m0 manager/) as string,
  });
});

test.each(["node ls", "node inspect"])("a moment in which `docker %s` fails is waited out", async what => {
  const host = swarm().rules(`[[ $* != "${what}"* ]] || ! once asked || refuse "no leader"`);
  const { code, stdout } = await host.run("members", VARIABLES);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toHaveLength(4);
  const deaf = swarm().rules(`[[ $* != "${what}"* ]] || refuse "no leader"`);
  const outcome = await deaf.run("members", VARIABLES, { hurry: true });
  expect(outcome).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "web-0: waited 1 s for the managers to list the nodes\nweb-0: error: the swarm does not list its nodes\n",
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
