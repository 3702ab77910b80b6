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
    expect(host.changes()).toEqual([`docker swarm join-token --quiet ${ROLE}`]);
  });

  test("of another swarm is not read", async () => {
    const { code, stdout, stderr } = await new FakeHost().manager("theirs").run("token", TOKEN);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/belongs to swarm theirs/);
  });
});

describe("rotate-token", () => {
  const rotate = (host: FakeHost, ROTATION: number, BORN: number, ROLE = "worker") =>
    host.run("rotate-token", { ...TOKEN, ROLE, ROTATION, BORN });

  test("does nothing on a swarm that was born with this rotation, wherever it is run", async () => {
    const host = new FakeHost();
    expect(await rotate(host, 3, 3)).toEqual({ code: 0, stdout: "unused\n", stderr: "" });
    expect(host.calls()).toEqual([]);
  });

  test.each(["worker", "manager"])(
    "replaces the %ss' token under the lock, and reports the new one",
    async ROLE => {
      const host = new FakeHost().manager();
      expect(await rotate(host, 4, 3, ROLE)).toEqual({
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
    expect(await rotate(host, 1, 0)).toEqual({ code: 0, stdout: "SWMTKN-worker-rotated\n", stderr: "" });
    expect(host.changes().filter(call => call.includes("--rotate"))).toHaveLength(2);
  });

  test("gives up after eight conflicts, and reports no token", async () => {
    const host = new FakeHost().manager();
    host.rules(`[[ $* != *--rotate* ]] || refuse "update out of sequence"`);
    const { code, stdout, stderr } = await rotate(host, 1, 0);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/update out of sequence/);
    expect(host.changes().filter(call => call.includes("--rotate"))).toHaveLength(8);
  });

  test("changes nothing in another swarm, or while the lock is held", async () => {
    const other = new FakeHost().manager("theirs");
    expect((await rotate(other, 1, 0)).code).toBe(1);
    expect(other.changes()).toEqual([]);
    const locked = new FakeHost().manager().write("locked", "");
    expect((await rotate(locked, 1, 0)).code).toBe(1);
    expect(locked.changes()).toEqual(["flock --wait 3600 9"]);
  });
});
