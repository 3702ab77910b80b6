import { FakeHost } from "./fake-host";

const TOKEN = { CLUSTER: "the-cluster", ROLE: "worker" };

describe("token", () => {
  test.each(["worker", "manager"])("reads the %ss' token and changes nothing", async ROLE => {
    const host = new FakeHost().manager();
    expect(await host.run("token", { ...TOKEN, ROLE })).toEqual({
      code: 0,
      stdout: `SWMTKN-${ROLE}\n`,
      stderr: "",
    });
    expect(host.changes()).toEqual([]);
  });

  test("that the engine does not give is an error", async () => {
    const { code, stdout, stderr } = await new FakeHost()
      .manager()
      .write("tokens/worker", "")
      .run("token", TOKEN);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/error: the engine did not give the workers' join token/);
  });

  test("of another swarm is not read", async () => {
    const { code, stdout, stderr } = await new FakeHost().manager("theirs").run("token", TOKEN);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/belongs to swarm theirs/);
  });
});

describe("rotate-token", () => {
  const rotate = (host: FakeHost, ROLE = "worker", FIRST = "", hurry = false) =>
    host.run("rotate-token", { ...TOKEN, ROLE, ROTATION: "1.0", FIRST }, { hurry });

  test("changes nothing on a swarm that was born with this rotation", async () => {
    const host = new FakeHost().manager();
    expect(await rotate(host, "worker", "SWMTKN-worker")).toEqual({
      code: 0,
      stdout: "unused\n",
      stderr: "",
    });
    expect(host.changes()).toEqual([]);
  });

  test("refuses to go back to the token that the swarm was born with", async () => {
    const host = new FakeHost().manager();
    const { code, stdout, stderr } = await rotate(host, "worker", "SWMTKN-of-the-birth");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the worker token was rotated, .* Give swarm.workerTokenRotation and swarm.caRotation/,
    );
    expect(stderr).not.toContain("SWMTKN");
  });

  test.each(["worker", "manager"])(
    "replaces the %ss' token under the lock, and reports the new one",
    async ROLE => {
      const host = new FakeHost().manager();
      expect(await rotate(host, ROLE)).toEqual({
        code: 0,
        stdout: `SWMTKN-${ROLE}-rotated\n`,
        stderr: "",
      });
      expect(host.changes()).toEqual([
        "flock --wait 3600 9",
        `docker swarm join-token --rotate --quiet ${ROLE}`,
      ]);
    },
  );

  test("tries again when the swarm was being changed", async () => {
    const host = new FakeHost().manager();
    host.rules(`[[ $* != *--rotate* ]] || ! once conflict || refuse "update out of sequence"`);
    expect(await rotate(host)).toEqual({ code: 0, stdout: "SWMTKN-worker-rotated\n", stderr: "" });
    expect(host.changes().filter(call => call.includes("--rotate"))).toHaveLength(2);
  });

  test("gives up when conflicts do not end, and reports no token", async () => {
    const host = new FakeHost().manager();
    host.rules(`[[ $* != *--rotate* ]] || refuse "update out of sequence"`);
    const { code, stdout, stderr } = await rotate(host, "worker", "", true);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/waited 1 s for the managers to agree\n.*update out of sequence/);
    expect(host.changes().filter(call => call.includes("--rotate"))).toHaveLength(2);
  });

  test("changes nothing in another swarm, or while the lock is held", async () => {
    const other = new FakeHost().manager("theirs");
    expect((await rotate(other)).code).toBe(1);
    expect(other.changes()).toEqual([]);
    const locked = new FakeHost().manager().write("locked", "");
    expect((await rotate(locked)).code).toBe(1);
    expect(locked.changes()).toEqual(["flock --wait 3600 9"]);
  });
});

describe("rotate-ca", () => {
  const rotate = (host: FakeHost, ROTATION = 1, BORN = 0, FIRST = "SWMTKN-1-root-first") =>
    host.run("rotate-ca", { CLUSTER: "the-cluster", ROTATION, BORN, FIRST, ROTATE_SECONDS: 1 });
  const atOnce = (host: FakeHost) =>
    host.rules(`[[ $* != "info --format {{.Swarm.Cluster.RootRotationInProgress}}" ]] || once look || {
      printf false >"$FAKE/engine/RootRotationInProgress"; }`);

  test("begins it under the lock, and waits until every node has its certificate", async () => {
    const host = atOnce(new FakeHost().manager());
    expect(await rotate(host)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: the swarm has a new root CA\n",
    });
    expect(host.changes()).toEqual(["flock --wait 3600 9", "docker swarm ca --rotate --detach"]);
  });

  test("goes on with one that an earlier run began", async () => {
    const host = atOnce(new FakeHost().manager().engine({ RootRotationInProgress: "true" }));
    expect((await rotate(host)).code).toBe(0);
    expect(host.changes()).toEqual(["flock --wait 3600 9"]);
  });

  test("names the nodes that it waits for in vain", async () => {
    const host = new FakeHost().manager();
    host.rules(`[[ $* != "node ls"* ]] || {
      printf '%s\n' "web-0 (Ready) Ready" "web-1 (Down) Needs Rotation" "web-2 (Down) Unknown"; exit; }`);
    const { code, stderr } = await rotate(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: the root CA's rotation waits for nodes .*: web-1 \(Down\),web-2 \(Down\)\. Bring/,
    );
  });

  test("changes nothing on a swarm that was born with this rotation", async () => {
    // The worker token was rotated since, the root CA was not.
    const host = new FakeHost().manager().write("tokens/worker", "SWMTKN-1-root-later");
    expect(await rotate(host, 2, 2, "SWMTKN-1-root-first")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(host.changes()).toEqual([]);
  });

  test("refuses to go back to the root CA that the swarm was born with", async () => {
    const host = new FakeHost().manager().write("tokens/worker", "SWMTKN-1-another-later");
    const { code, stdout, stderr } = await rotate(host, 2, 2, "SWMTKN-1-root-first");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the swarm's root CA was rotated, which cannot be taken back: give swarm.caRotation its latest/,
    );
    expect(stderr).not.toContain("SWMTKN");
    expect(host.changes()).toEqual([]);
  });

  test("changes nothing in another swarm, or while the lock is held", async () => {
    const other = new FakeHost().manager("theirs");
    expect(await rotate(other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("theirs") as string,
    });
    expect(other.changes()).toEqual([]);
    const locked = new FakeHost().manager().write("locked", "");
    expect((await rotate(locked)).code).toBe(1);
    expect(locked.changes()).toEqual(["flock --wait 3600 9"]);
  });
});

describe("unlock-key", () => {
  const read = (host: FakeHost, ROTATION: number) =>
    host.run("unlock-key", { CLUSTER: "the-cluster", ROTATION });

  test("is read as it is without a rotation", async () => {
    const host = new FakeHost().manager();
    expect(await read(host, 0)).toEqual({ code: 0, stdout: "SWMKEY-first\n", stderr: "" });
    expect(host.changes()).toEqual(["docker swarm unlock-key --quiet"]);
  });

  test("is replaced under the lock with one", async () => {
    const host = new FakeHost().manager();
    expect(await read(host, 2)).toEqual({ code: 0, stdout: "SWMKEY-rotated\n", stderr: "" });
    expect(host.changes()).toEqual(["flock --wait 3600 9", "docker swarm unlock-key --rotate --quiet"]);
  });

  test("of another swarm is not read", async () => {
    expect(await read(new FakeHost().manager("theirs"), 0)).toMatchObject({ code: 1, stdout: "" });
  });
});
