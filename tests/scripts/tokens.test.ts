import { CUT, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";

const CLUSTER = "the-cluster";
const LABEL = "digitalocean-swarm";
/** A manager of a swarm that has seen these rotations. */
function seen(rotations: Readonly<Record<string, number>> = {}): FakeHost {
  const host = new FakeHost().manager();
  const labels = Object.entries(rotations).map(([what, number]) => [`${LABEL}.${what}`, String(number)]);
  if (labels.length > 0) host.engine.swarm.Spec.Labels = Object.fromEntries(labels) as Record<string, string>;
  return host;
}
const bounds = { LOCK_SECONDS: 1 };

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
