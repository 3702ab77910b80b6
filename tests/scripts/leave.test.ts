import { FakeHost, type NodeState } from "./fake-host";

const VARIABLES = { CLUSTER: "the-cluster", GENERATION: 0, ID: "gone", DRAIN_SECONDS: 15 };
const MANAGER: NodeState = { Role: "manager", Addr: "10.0.0.1:2377", Reachability: "reachable" };

describe("a node that leaves", () => {
  test("is drained, and removed when its tasks have stopped", async () => {
    const host = new FakeHost().manager().node("gone", { tasks: "Running 3 hours ago\n" });
    host.rules(
      `[[ $* != "node ps"* ]] || once look || echo "Shutdown 1 second ago" >"$FAKE/nodes/gone/tasks"`,
    );
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: left the swarm\n",
    });
    expect(host.calls().filter(call => call.includes("node ps"))).toHaveLength(2);
    expect(host.changes()).toEqual([
      "docker node update --availability pause gone",
      "flock --wait 3600 9",
      "docker node update --availability drain gone",
      "docker node rm --force gone",
    ]);
    expect(host.hasNode("gone")).toBe(false);
  });

  test("and is a manager is demoted first, under the lock, and waited for", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER);
    // The engine says `worker` at once; its membership of the managers ends later.
    host.rules(`
      case $* in
        "node demote gone") printf worker >"$FAKE/nodes/gone/Role"; exit ;;
        *Addr*gone) once look || : >"$FAKE/nodes/gone/Addr" ;;
        "node rm"*) [[ ! -s $FAKE/nodes/gone/Addr ]] || refuse "is a manager" ;;
      esac`);
    expect((await host.run("leave", VARIABLES)).code).toBe(0);
    expect(host.changes()).toEqual([
      "docker node update --availability pause gone",
      "flock --wait 3600 9",
      "docker node update --availability drain gone",
      "docker node demote gone",
      "docker node rm --force gone",
    ]);
  });

  test.each([
    ["service ls", "could not be drained"],
    ["node inspect --format {{.Spec.Role}}", "could not be looked at"],
    ["node inspect --format {{index .Spec.Labels", "could not be looked at"],
  ])("waits where the swarm does not answer to %s, and says so when it gives up", async (asked, why) => {
    const host = new FakeHost().manager().node("gone");
    host.rules(`[[ $* != "${asked}"* ]] || ! once asked || refuse "no leader"`);
    expect(await host.run("leave", VARIABLES)).toMatchObject({ code: 0 });
    const deaf = new FakeHost().manager().node("gone");
    deaf.rules(`[[ $* != "${asked}"* ]] || refuse "no leader"`);
    const { code, stderr } = await deaf.run("leave", VARIABLES, { hurry: true });
    expect(code).toBe(1);
    expect(stderr).toContain(`web-0: error: ${why}: the swarm does not answer`);
    expect(deaf.hasNode("gone")).toBe(true);
  });

  test("whose tasks do not stop goes all the same, in time", async () => {
    const host = new FakeHost().manager().node("gone", { tasks: "Shutdown 1s ago\nStarting 1s ago\n" });
    const { code, stderr } = await host.run("leave", { ...VARIABLES, DRAIN_SECONDS: 1 });
    expect(code).toBe(0);
    expect(stderr).toBe(
      "web-0: waited 1 s for its tasks to stop\nweb-0: goes on: the tasks end with the host\nweb-0: left the swarm\n",
    );
    expect(host.hasNode("gone")).toBe(false);
  });

  test("waits until services that were whole are whole again, and for no other", async () => {
    const host = new FakeHost().manager().node("gone", { tasks: "Running 1s ago\n" });
    host.write("services", "web 2/2\nbroken 0/1\n");
    host.rules(`
      case $* in
        "node update --availability drain gone")
          : >"$FAKE/nodes/gone/tasks"
          printf 'web 1/2\\nbroken 0/1\\n' >"$FAKE/services" ;;
        "service ls"*)
          if [[ ! -s $FAKE/nodes/gone/tasks ]] && ! once look; then
            printf 'web 2/2\\nbroken 0/1\\n' >"$FAKE/services"
          fi ;;
      esac`);
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: left the swarm\n",
    });
    expect(host.calls().filter(call => call.includes("service ls")).length).toBeGreaterThan(2);
  });

  test("goes on in time when a service does not find a place", async () => {
    const host = new FakeHost().manager().node("gone").write("services", "web 1/1\n");
    host.rules(
      `[[ $* != "node update --availability drain gone" ]] || printf 'web 0/1\\n' >"$FAKE/services"`,
    );
    const { code, stderr } = await host.run("leave", { ...VARIABLES, DRAIN_SECONDS: 1 });
    expect([code, stderr]).toEqual([
      0,
      "web-0: waited 1 s for its tasks to run elsewhere\nweb-0: goes on: a service lacks replicas\nweb-0: left the swarm\n",
    ]);
  });

  test.each(["Complete 1s ago", "Failed 2s ago", "Rejected 1s ago", "Orphaned 1s ago", ""])(
    "has no task to wait for when they are %p",
    async tasks => {
      const host = new FakeHost().manager().node("gone", { tasks: `${tasks}\n` });
      expect((await host.run("leave", VARIABLES)).stderr).toBe("web-0: left the swarm\n");
    },
  );

  test("and is dead is not waited for", async () => {
    const host = new FakeHost().manager().node("gone", { ...MANAGER, State: "down", tasks: "Running\n" });
    const { code, stderr } = await host.run("leave", VARIABLES);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "web-0: left the swarm\n" });
    expect(host.changes().map(call => call.split(" ").slice(0, 3).join(" "))).toEqual([
      "docker node update",
      "flock --wait 3600",
      "docker node update",
      "docker node demote",
      "docker node rm",
    ]);
  });

  test("has left before: nothing is done", async () => {
    const host = new FakeHost().manager();
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: node gone has left the swarm before\n",
    });
    expect(host.changes()).toEqual([]);
  });

  test.each(["", "gone"])("and is not the node by its name is left alone; itself: %j", async control => {
    const theirs = { ...MANAGER, labels: "digitalocean-swarm.node=db-3\n" };
    const host = new FakeHost().manager("the-cluster", control || "control-node").node("gone", theirs);
    const { code, stderr } = await host.run("leave", VARIABLES);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^web-0: leaves node gone alone, which is db-3\. If /) as string,
    });
    expect(host.changes()).toEqual([]);
    const ours = new FakeHost().manager().node("gone", { labels: "digitalocean-swarm.node=web-0\n" });
    expect((await ours.run("leave", VARIABLES)).stderr).toBe("web-0: left the swarm\n");
  });

  test("and is removed by someone else meanwhile is no fault", async () => {
    const host = new FakeHost().manager().node("gone");
    host.rules(`[[ $* != "node rm"* ]] || { rm -r "$FAKE/nodes/gone"; refuse "node gone not found"; }`);
    expect((await host.run("leave", VARIABLES)).code).toBe(0);
  });

  test("conflicts with other writers are tried again", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER);
    host.rules(`
      case $* in
        "node update"*) ! once one || refuse "rpc error: update out of sequence" ;;
        "node demote"*) ! once two || refuse "rpc error: code = Unknown desc = raft proposal dropped" ;;
        "node rm"*) ! once three || refuse "The swarm does not have a leader: no leader" ;;
      esac`);
    expect((await host.run("leave", VARIABLES)).code).toBe(0);
    expect(host.changes()).toHaveLength(8);
  });
});

describe("refusals", () => {
  const refused = async (host: FakeHost, hurry = false) => {
    const { code, stderr } = await host.run("leave", VARIABLES, { hurry });
    expect(code).toBe(1);
    return stderr;
  };

  test("the control endpoint that was taken out by hand lets its host go", async () => {
    const host = new FakeHost().manager("the-cluster", "gone").engine({ ControlAvailable: "false" });
    expect(await host.run("leave", VARIABLES)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: is no manager any more, and its host goes\n",
    });
  });

  test("the control endpoint does not remove itself", async () => {
    const host = new FakeHost().manager("the-cluster", "gone").node("gone", MANAGER);
    expect(await refused(host)).toMatch(
      /error: the control address leads to this very node, which cannot remove itself/,
    );
    expect(host.changes()).toEqual([]);
  });

  test("another swarm is left alone", async () => {
    const host = new FakeHost().manager("theirs").node("gone");
    expect(await refused(host)).toMatch(/belongs to swarm theirs, not to the-cluster; nothing was changed/);
    expect(host.changes()).toEqual([]);
  });

  test("a host that is no manager says so", async () => {
    const host = new FakeHost().node("gone");
    expect(await refused(host)).toMatch(
      /this host \(the-host\) is not a manager of the swarm \(state: inactive\)/,
    );
  });

  test("a demotion that would cost quorum is given up, and the node stays", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER);
    host.rules(`[[ $* != "node demote"* ]] || refuse "can't remove member: it would lose quorum"`);
    expect(await refused(host)).toMatch(
      /error: could not be demoted: .*it would lose quorum.* bring the others back first/,
    );
    expect(host.hasNode("gone")).toBe(true);
  });

  test("a manager that a new cluster was forced without is removed as it is", async () => {
    const host = new FakeHost().manager().node("gone", { ...MANAGER, State: "down" });
    host.rules(
      `[[ $* != "node demote"* ]] || refuse "rpc error: code = NotFound desc = can't find manager in raft memberlist"`,
    );
    expect(await host.run("leave", VARIABLES)).toMatchObject({ code: 0, stderr: "web-0: left the swarm\n" });
    expect(host.hasNode("gone")).toBe(false);
  });

  test("a manager that never leaves the managers is not removed", async () => {
    const host = new FakeHost().manager().node("gone", MANAGER);
    host.rules(`[[ $* != "node demote"* ]] || exit 0`);
    expect(await refused(host, true)).toMatch(/error: is still a manager 120 s after it was demoted/);
    expect(host.changes().join()).not.toContain("node rm");
  });

  test("nothing is removed while another change holds the lock", async () => {
    const host = new FakeHost().manager().node("gone").write("locked", "");
    expect(await refused(host)).toMatch(/other membership changes have held/);
    expect(host.hasNode("gone")).toBe(true);
  });

  test("a removal that is refused keeps the engine's words", async () => {
    const host = new FakeHost().manager().node("gone");
    host.rules(`[[ $* != "node rm"* ]] || refuse "some reason"`);
    expect(await refused(host)).toMatch(/error: could not be removed: .*some reason/);
  });
});
