import { CUT, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { bounds, CLUSTER, LABEL, seen } from "./rotations-input";

describe("read-token", () => {
  test.each(["worker", "manager"] as const)("reads the %ss' token and changes nothing", async ROLE => {
    const host = seen();
    expect(await host.run("read-token", { CLUSTER, ROLE })).toEqual({
      code: 0,
      stdout: `SWMTKN-${ROLE}\n`,
      stderr: "",
    });
    expect(host.engine.changes).toEqual([]);
  });

  test("that the engine does not give is an error", async () => {
    const host = seen();
    host.engine.swarm.JoinTokens.Worker = "";
    const { code, stdout, stderr } = await host.run("read-token", { CLUSTER, ROLE: "worker" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/error: the engine did not give the workers' join token/);
  });

  test("of another swarm is not read", async () => {
    const host = new FakeHost().manager("theirs");
    const { code, stdout, stderr } = await host.run("read-token", { CLUSTER, ROLE: "worker" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/belongs to swarm theirs/);
  });
});

describe("rotate-token", () => {
  const rotate = (host: FakeHost, ROTATION = 1, ROLE: "worker" | "manager" = "worker", CA_ROTATION = 0) =>
    host.run("rotate-token", { CLUSTER, ROLE, ROTATION, CA_ROTATION }, { bounds });

  test.each([
    ["worker", "rotateWorkerToken"],
    ["manager", "rotateManagerToken"],
  ] as const)("replaces the %ss' token under the lock, and reports the new one", async (role, flag) => {
    const host = seen({ "worker-token": 0, mine: 7 });
    expect(await rotate(host, 1, role)).toEqual({
      code: 0,
      stdout: `SWMTKN-${role}-rotated\n`,
      stderr: "",
    });
    // The number is kept in the same call.
    expect(host.engine.changes).toEqual([`locked update swarm Labels ${flag}`]);
    expect(host.engine.swarm.Spec).toMatchObject({
      Name: "default",
      Labels: { [`${LABEL}.${role}-token`]: "1", [`${LABEL}.mine`]: "7" },
    });
  });

  test("run again it reports the token, and rotates nothing", async () => {
    const host = seen();
    const first = await rotate(host, 3);
    expect(await rotate(host, 3)).toEqual(first);
    expect(host.engine.changes).toHaveLength(1);
  });

  test("of a swarm that was initialised with it is none", async () => {
    const host = seen({ "worker-token": 2 });
    expect(await rotate(host, 2)).toEqual({ code: 0, stdout: "SWMTKN-worker\n", stderr: "" });
    expect(host.engine.changes).toEqual([]);
  });

  test("after a rotation of the root CA it reports the new token, and rotates nothing", async () => {
    const host = seen({ "worker-token": 2, "root-ca": 1 });
    expect(await rotate(host, 2, "worker", 1)).toMatchObject({ code: 0, stdout: "SWMTKN-worker\n" });
    expect(host.engine.changes).toEqual([]);
  });

  test.each([
    [{ "worker-token": 2 }, 1, 0, "the worker token was", "swarm.workerTokenRotation its latest value, 2,"],
    [{ "root-ca": 3 }, 0, 2, "the swarm's root CA was", "swarm.caRotation its latest value, 3,"],
  ])("refuses to go back: %j", async (labels, rotation, caRotation, what, way) => {
    const host = seen(labels);
    const { code, stdout, stderr } = await rotate(host, rotation, "worker", caRotation);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `web-0: error: ${what} rotated, which cannot be taken back: give ${way} again, or a higher one\n`,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("tries again when the swarm was being changed", async () => {
    const host = seen();
    host.engine.when(/^POST/, times => times === 1 && host.engine.swarm.Version.Index++);
    expect(await rotate(host)).toEqual({ code: 0, stdout: "SWMTKN-worker-rotated\n", stderr: "" });
    expect(host.engine.changes).toHaveLength(1);
  });

  test("rotates once where the answer was lost", async () => {
    const host = seen();
    host.engine.when(/^POST/, () => {
      host.engine.swarm.Spec.Labels = { [`${LABEL}.worker-token`]: "1" };
      host.engine.swarm.JoinTokens.Worker = "SWMTKN-new";
      return refuse("rpc error: context deadline exceeded");
    });
    expect(await rotate(host)).toEqual({ code: 0, stdout: "SWMTKN-new\n", stderr: "" });
    expect(host.engine.count(/^POST/)).toBe(1);
  });

  test("gives up when conflicts do not end, or the engine does not answer, and reports no token", async () => {
    const host = seen();
    host.engine.when(/^POST/, () => host.engine.swarm.Version.Index++);
    const { code, stdout, stderr } = await rotate(host);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /waited 60 s for the managers to agree\n.*error: the worker token could not be rotated: .*out of sequence\n/,
    );
    const cut = seen();
    cut.engine.when(/^POST/, () => CUT);
    expect(await rotate(cut)).toMatchObject({ code: 1, stdout: "" });
  });

  test("changes nothing in another swarm, or while the lock is held", async () => {
    const other = new FakeHost().manager("theirs");
    expect((await rotate(other)).code).toBe(1);
    const locked = await seen().heldLock();
    expect((await rotate(locked)).code).toBe(1);
    expect([...other.engine.changes, ...locked.engine.changes]).toEqual([]);
  });
});
