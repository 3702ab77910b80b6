import { FakeHost } from "./fake-host";
import { bounds, CLUSTER, LABEL, seen } from "./rotations-input";

describe("rotate-ca", () => {
  const rotate = (host: FakeHost, ROTATION = 1) =>
    host.run("rotate-ca", { CLUSTER, ROTATION, ROTATE_SECONDS: 15 }, { bounds });
  /** Every node has its certificate at a later look. */
  function ends(host: FakeHost): FakeHost {
    let looks = 0;
    host.engine.when(/^GET \/swarm$/, () => {
      if (host.engine.swarm.RootRotationInProgress && ++looks === 4)
        host.engine.swarm.RootRotationInProgress = false;
    });
    return host;
  }

  test("begins it under the lock, and waits until every node has its certificate", async () => {
    const host = ends(seen());
    expect(await rotate(host)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: the swarm has a new root CA\n",
    });
    expect(host.engine.changes).toEqual(["locked update swarm Labels CAConfig"]);
    expect(host.engine.swarm.Spec).toMatchObject({
      Labels: { [`${LABEL}.root-ca`]: "1" },
      CAConfig: { ForceRotate: 1, NodeCertExpiry: 90 * 24 * 3600 * 1e9 },
    });
  });

  test("run again it changes nothing", async () => {
    const host = ends(seen());
    await rotate(host);
    expect(await rotate(host)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(host.engine.changes).toHaveLength(1);
  });

  test("goes on with one that an earlier run began", async () => {
    const host = ends(seen({ "root-ca": 1 }));
    host.engine.swarm.RootRotationInProgress = true;
    expect(await rotate(host)).toMatchObject({ code: 0, stderr: "web-0: the swarm has a new root CA\n" });
    expect(host.engine.changes).toEqual([]);
  });

  test("goes on with one that was begun by hand, and keeps its number", async () => {
    const host = ends(seen({ "root-ca": 1 }));
    host.engine.swarm.RootRotationInProgress = true;
    expect(await rotate(host, 2)).toMatchObject({ code: 0 });
    expect(host.engine.changes).toEqual(["locked update swarm Labels"]);
    expect(host.engine.swarm.Spec.Labels).toEqual({ [`${LABEL}.root-ca`]: "2" });
  });

  test("names the nodes that it waits for in vain", async () => {
    const host = seen().node("a", { Hostname: "web-0" });
    host.engine.swarm.TLSInfo = { TrustRoot: "new" };
    host.node("b", { Hostname: "web-1" }).node("c", { Hostname: "web-2", State: "down" });
    host.engine.node("b").Description.TLSInfo = { TrustRoot: "old" };
    host.engine.node("c").Description.TLSInfo = {};
    host.engine.node("a").Description.TLSInfo = { TrustRoot: "new" };
    const { code, stderr } = await rotate(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: the root CA's rotation waits for nodes .*: web-1 \(Ready\),web-2 \(Down\)\. Bring/,
    );
  });

  test("of a swarm that was initialised with it is none; an earlier one is refused", async () => {
    const host = seen({ "root-ca": 2 });
    expect(await rotate(host, 2)).toEqual({ code: 0, stdout: "", stderr: "" });
    const { code, stderr } = await rotate(host, 1);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: the swarm's root CA was rotated, which cannot be taken back: give swarm.caRotation its latest value, 2/,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("changes nothing in another swarm, or while the lock is held", async () => {
    const other = new FakeHost().manager("theirs");
    expect(await rotate(other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("theirs") as string,
    });
    const locked = await seen().heldLock();
    expect((await rotate(locked)).code).toBe(1);
    expect([...other.engine.changes, ...locked.engine.changes]).toEqual([]);
  });
});

describe("unlock-key", () => {
  const read = (host: FakeHost, ROTATION: number) =>
    host.run("unlock-key", { CLUSTER, ROTATION }, { bounds });

  test("is read as it is without a rotation, and where the swarm has seen this one", async () => {
    const host = seen();
    expect(await read(host, 0)).toEqual({ code: 0, stdout: "SWMKEY-first\n", stderr: "" });
    const born = seen({ "unlock-key": 2 });
    expect(await read(born, 2)).toEqual({ code: 0, stdout: "SWMKEY-first\n", stderr: "" });
    expect([...host.engine.changes, ...born.engine.changes]).toEqual([]);
  });

  test("is replaced under the lock with one, once", async () => {
    const host = seen();
    for (let run = 0; run < 2; run++)
      expect(await read(host, 2)).toEqual({ code: 0, stdout: "SWMKEY-rotated\n", stderr: "" });
    expect(host.engine.changes).toEqual(["locked update swarm Labels rotateManagerUnlockKey"]);
  });

  test("an earlier rotation is refused", async () => {
    const { code, stdout, stderr } = await read(seen({ "unlock-key": 2 }), 1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/error: the unlock key was rotated, which cannot be taken back/);
  });

  test("that is none is an error", async () => {
    const { code, stdout, stderr } = await read(seen().is({ unlockKey: "" }), 0);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/error: the swarm has no unlock key: it is not locked/);
  });

  test("of another swarm is not read", async () => {
    expect(await read(new FakeHost().manager("theirs"), 0)).toMatchObject({ code: 1, stdout: "" });
  });
});
