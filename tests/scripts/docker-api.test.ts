import { rmSync, statSync } from "node:fs";
import * as path from "node:path";

import { dropIn, manager, port, restarts, serve, UNIT } from "./docker-api-host";
import type { FakeHost } from "./fake-host";

test("the API is served beside what the unit serves, with files that only root reads", async () => {
  const host = manager();
  expect(await serve(host)).toEqual({
    code: 0,
    stdout: "",
    stderr: `manager-0: serves the Docker API on ${port}\n`,
  });
  const api = path.join(host.directory, "api");
  expect(dropIn(host)).toBe(
    `[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS -H tcp://0.0.0.0:${port} --tlsverify --tlscacert=${api}/ca.pem --tlscert=${api}/cert.pem --tlskey=${api}/key.pem\n`,
  );
  expect(host.read("api/key.pem")).toBe("the key\n");
  expect(statSync(path.join(api, "key.pem")).mode & 0o777).toBe(0o600);
  expect(statSync(api).mode & 0o777).toBe(0o700);
  expect(restarts(host)).toBe(1);
});

test.each(["CA", "CERTIFICATE", "KEY"])(
  "run again it restarts nothing; with another %s it does",
  async what => {
    const host = manager();
    await serve(host);
    // systemd now shows our drop-in, too.
    expect(await serve(host)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(restarts(host)).toBe(1);
    expect((await serve(host, { [what]: "renewed" })).code).toBe(0);
    expect(restarts(host)).toBe(2);
    expect(dropIn(host).match(/tcp:/g)).toHaveLength(1);
  },
);

test("where docker.service has another command line by now, it is served with that", async () => {
  const host = manager();
  await serve(host);
  host.write("unit", UNIT.replace("$DOCKER_OPTS", "--debug"));
  expect((await serve(host)).code).toBe(0);
  expect(restarts(host)).toBe(2);
  expect(dropIn(host)).toContain("dockerd -H fd:// --debug -H tcp://0.0.0.0:");
});

describe("a run that was cut before the engine had started again", () => {
  const cut = async (host: FakeHost, wanted: Parameters<typeof serve>[1]) => {
    expect((await serve(host.write("cut", ""), wanted)).code).not.toBe(0);
    rmSync(host.path("cut"));
    return restarts(host);
  };

  test.each([undefined, { CERTIFICATE: "renewed" }])("with %j is made up for by the next", async wanted => {
    const host = manager();
    if (wanted) await serve(host);
    const before = await cut(host, wanted);
    expect((await serve(host, wanted)).code).toBe(0);
    expect(restarts(host)).toBe(before + 1);
    expect((await serve(host, wanted)).code).toBe(0);
    expect(restarts(host)).toBe(before + 1);
  });

  test("is made up for also where the next one wants what was served before", async () => {
    const host = manager();
    await serve(host);
    await cut(host, { CERTIFICATE: "renewed" });
    expect((await serve(host)).code).toBe(0);
    expect(host.read("api/cert.pem")).toBe("the certificate\n");
  });

  test("and was to turn it off is made up for by the next", async () => {
    const host = manager();
    await serve(host);
    const before = await cut(host, { WANTED: "off" });
    expect(await serve(host, { WANTED: "off" })).toMatchObject({
      code: 0,
      stderr: `manager-0: serves the Docker API on ${port} no more\n`,
    });
    expect(restarts(host)).toBe(before + 1);
    expect([dropIn(host), host.read("api/key.pem")]).toEqual(["", ""]);
  });
});

test("an engine that does not start with it is started without, and the reason is told", async () => {
  const fails = `[[ -e "$FAKE/docker.service.d/50-digitalocean-swarm-api.conf" ]]`;
  const host = manager(UNIT, fails).write("out-journalctl", "bad certificate\n");
  const { code, stderr } = await serve(host);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /error: the engine did not start with its API on \d+, and runs again without: bad certificate/,
  );
  expect(dropIn(host)).toBe("");
  expect(host.read("api/key.pem")).toBe("");
});

test("a locked engine is unlocked, with the key on stdin", async () => {
  const host = manager().is({ state: "locked" });
  expect((await serve(host, { UNLOCK_KEY: "SWMKEY-first" })).code).toBe(0);
  expect(host.engine.state).toBe("active");
  expect(host.calls().join()).not.toContain("SWMKEY");
  const other = manager().is({ state: "locked" });
  const { code, stderr } = await serve(other, { UNLOCK_KEY: "SWMKEY-old" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/could not be unlocked with the swarm's unlock key/);
});

test("off: nothing is left of it, and the engine runs without", async () => {
  const host = manager();
  await serve(host);
  expect(await serve(host, { WANTED: "off" })).toMatchObject({ code: 0, stdout: "" });
  expect([dropIn(host), host.read("api/key.pem")]).toEqual(["", ""]);
  expect(restarts(host)).toBe(2);
  expect((await serve(host, { WANTED: "off" })).code).toBe(0);
  expect(restarts(host)).toBe(2);
});

test.each<[string, () => FakeHost, RegExp]>([
  [
    "hosts in daemon.json",
    () => manager().write("daemon.json", '{"hosts": []}'),
    /daemon.json has "hosts", which cannot/,
  ],
  ["no unit", () => manager(""), /docker.service has no ExecStart of one line/],
  [
    "a command line of several lines",
    () => manager("ExecStart=/usr/bin/dockerd \\\n  -H fd://\n"),
    /docker.service has no ExecStart of one line/,
  ],
])("%s: refused before anything is changed", async (_, prepare, message) => {
  const host = prepare();
  const { code, stderr } = await serve(host);
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(restarts(host)).toBe(0);
  expect(dropIn(host)).toBe("");
});

test("it waits for the managers to reach each other, and goes on without one that is ill", async () => {
  const host = manager().node("ill", { Role: "manager", Reachability: "unreachable" });
  host.engine.when(/^docker node inspect/, times => {
    // The quorum is there, and is lost afterwards.
    host.engine.node("ill").ManagerStatus = {
      Reachability: times === 1 ? "reachable" : "unreachable",
      Addr: "",
    };
  });
  host.engine.when(/^docker node ls --format/, () => {
    host.engine.node("ill").ManagerStatus = { Reachability: "unreachable", Addr: "" };
  });
  const { code, stderr } = await serve(host);
  expect(code).toBe(0);
  expect(stderr).toMatch(/waited 1 s for the managers to reach each other, and the nodes to report\n/);
});
