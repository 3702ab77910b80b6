import { refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { JOIN, joins } from "./join-input";
import { listen } from "./machine";

const VARIABLES = { ...JOIN, JOIN_SECONDS: 1, RECONCILE: "again" };
const worker = () => new FakeHost().is({ state: "active", nodeId: "me" });
const manager = () => new FakeHost().manager("the-cluster", "me");
const pending = () => new FakeHost().is({ state: "pending", nodeId: "me" });

type Asked = Partial<typeof VARIABLES>;
/** Runs a join for which a manager answers. */
async function join(host: FakeHost, asked: Asked = {}, WAIT_SECONDS = 60) {
  const peer = await listen();
  const outcome = await host.run(
    "join",
    { ...VARIABLES, JOINS: joins(peer.address), ...asked },
    { bounds: { WAIT_SECONDS } },
  );
  await peer.close();
  return outcome;
}
const left = (host: FakeHost) => host.engine.changes.filter(change => change === "leave").length;

describe("what a host takes itself for", () => {
  test.each<[string, () => FakeHost, string]>([
    ["a worker, where nobody was asked", worker, ""],
    ["a manager, where nobody was asked", manager, ""],
    ["a worker that the managers know", worker, "me:worker"],
    ["a manager that the managers know", manager, "me:manager"],
    ["a worker of which a predecessor is known, too", worker, "old:worker me:worker"],
    ["a first manager, by its own account", manager, "manager"],
  ])("stands: %s", async (_, make, KNOWN) => {
    const host = make();
    expect(await join(host, { KNOWN })).toEqual({ code: 0, stdout: "me\n", stderr: "" });
    expect(host.engine.changes).toEqual([]);
    expect(host.read("membership")).toBe("0 again\n");
  });

  test.each<[string, () => FakeHost, string]>([
    ["a worker that was removed by hand", worker, "nothing"],
    ["a worker, of whose name another is known", worker, "other:worker"],
    ["a worker whose ID another's starts with", worker, "me2:worker"],
    ["a worker whose ID another's ends with", worker, "some:worker"],
    ["a worker that the managers take for one of them", worker, "me:manager"],
    ["a manager that was removed by hand", manager, "nothing"],
    ["a manager that was demoted meanwhile", manager, "me:worker"],
    ["a first manager that is a worker by its own account", worker, "manager"],
  ])("is given up, and it joins again: %s", async (_, make, KNOWN) => {
    const host = make();
    const { code, stdout, stderr } = await join(host, { KNOWN });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "joined-node\n" });
    expect(stderr).toMatch(
      /^web-0: takes itself for node me, which the managers do not know as that: it leaves, and joins again\nweb-0: joining through/,
    );
    expect(left(host)).toBe(1);
    expect(host.read("membership")).toBe("0 again\n");
  });

  test("is not asked of an engine that is in no swarm: it joins", async () => {
    const host = new FakeHost();
    expect(await join(host, { KNOWN: "nothing" })).toMatchObject({ code: 0, stdout: "joined-node\n" });
    expect(left(host)).toBe(0);
    expect(host.read("membership")).toBe("0 again\n");
  });

  test("is not asked of a locked engine, nor of one whose swarm does not run: they are told as before", async () => {
    const locked = new FakeHost().is({ state: "locked", nodeId: "me" });
    const { code, stderr } = await join(locked, { KNOWN: "nothing" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the engine's swarm state is locked: unlock it/);
    const broken = new FakeHost().is({ state: "error", nodeId: "me", error: "disk full" });
    const outcome = await join(broken, { KNOWN: "nothing" });
    expect(outcome).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/does not run: disk full/) as string,
    });
    expect([left(locked), left(broken)]).toEqual([0, 0]);
  });
});

describe("a host whose engine looks for its swarm", () => {
  test("is judged by what it finds", async () => {
    const host = pending();
    host.engine.when(/^docker info/, times => times === 2 && host.is({ state: "active" }));
    expect(await join(host, { KNOWN: "me:worker" })).toMatchObject({ code: 0, stdout: "me\n" });
    expect(left(host)).toBe(0);
  });

  test("and does not find it leaves, where the managers do not know it as a manager", async () => {
    for (const KNOWN of ["nothing", "me:worker"]) {
      const host = pending();
      const { code, stderr } = await join(host, { KNOWN, JOIN_SECONDS: 15 }, 1);
      expect(code).toBe(0);
      expect(stderr).toMatch(
        /^web-0: waited 1 s for the engine to find its swarm again\nweb-0: takes itself for/,
      );
      expect(left(host)).toBe(1);
    }
  });

  test("and does not find it stays where it is a known manager, or the first one: it has the swarm's state", async () => {
    for (const KNOWN of ["me:manager", "manager"]) {
      const host = pending();
      const { code, stderr } = await join(host, { KNOWN }, 1);
      expect(code).toBe(1);
      expect(stderr).toMatch(/error: could not join within 1 s/);
      expect(left(host)).toBe(0);
    }
  });
});

describe("the mark", () => {
  test("of what is asked for: the managers' list, which may be old by now, is not looked at", async () => {
    const host = worker().write("membership", "0 again\n");
    expect(await join(host, { KNOWN: "nothing" })).toEqual({ code: 0, stdout: "me\n", stderr: "" });
    expect(host.engine.changes).toEqual([]);
  });

  test.each<[string, Asked]>([
    ["reconcile", { RECONCILE: "once more" }],
    ["generation", { GENERATION: 1 }],
    ["none", { RECONCILE: "" }],
  ])("of something else: the list is looked at (another %s)", async (_, asked) => {
    const host = worker().write("membership", "0 again\n");
    expect(await join(host, { KNOWN: "nothing", ...asked })).toMatchObject({
      code: 0,
      stdout: "joined-node\n",
    });
    expect(left(host)).toBe(1);
  });

  test("is written before the join: who has joined in a run that was cut is believed by the next", async () => {
    const host = worker();
    // The host leaves, and the join is cut.
    host.engine.when(/join$/, times => times === 1 && host.kill());
    expect((await join(host, { KNOWN: "nothing", JOIN_SECONDS: 15 })).code).not.toBe(0);
    expect(host.read("membership")).toBe("0 again\n");
    // The engine ended it by itself.
    host.is({ state: "active", nodeId: "later" });
    expect(await join(host, { KNOWN: "nothing" })).toEqual({ code: 0, stdout: "later\n", stderr: "" });
    expect(left(host)).toBe(1);
  });

  test("is not written by a run that was cut before the host had left", async () => {
    const host = worker();
    host.engine.when(/^docker swarm leave/, times => {
      if (times > 1) return undefined;
      host.kill();
      return refuse("cut");
    });
    expect((await join(host, { KNOWN: "nothing" })).code).not.toBe(0);
    expect(host.read("membership")).toBe("");
    expect(await join(host, { KNOWN: "nothing" })).toMatchObject({
      code: 0,
      stdout: "joined-node\n",
    });
  });
});
