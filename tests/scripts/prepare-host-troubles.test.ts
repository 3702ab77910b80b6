import { rmSync } from "node:fs";
import * as path from "node:path";

import { BOOTSTRAP } from "./bootstrap-input";
import { calls, prepare, stockHost } from "./prepared-host";

// As apt 2.6 and 3.0, dpkg 1.21 and 1.22, and curl say it.
describe("what passes is waited for", () => {
  test.each([
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 119 (python3)\nE: Unable to lock directory /var/lib/apt/lists/",
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt-get)",
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
    "dpkg: error: dpkg frontend lock was locked by another process with pid 1131",
    "dpkg: error: dpkg frontend lock was locked by /usr/bin/python3.13 process with pid 170",
    "W: Failed to fetch https://mirror.example/x  Could not connect\nE: Unable to locate package docker-ce",
    "E: Failed to fetch https://mirror.example/x.deb  503  Service Unavailable",
  ])("%s", async trouble => {
    const host = stockHost().write("troubles/1", `${trouble}\n`).write("troubles/2", `${trouble}\n`);
    expect((await prepare(host, "any")).code).toBe(0);
    expect(host.read("marker")).toBe("ok\n");
    const waits = host.read("log").match(/adding Docker's package repository, waiting: .+/g);
    expect(waits).toHaveLength(2);
    expect(waits?.[0]).toContain(trouble.split("\n")[0]);
  });

  test.each([
    ["curl: (6) Could not resolve host: mirror.example", true],
    ["curl: (7) Failed to connect to mirror.example port 443", true],
    ["curl: (22) The requested URL returned error: 503", true],
    ["curl: (22) The requested URL returned error: 404", false],
    ["curl: (60) SSL certificate problem: self-signed certificate", false],
  ])("%s: %p", async (says, passes) => {
    const host = stockHost().write("says", `${says}\n`);
    host.write(
      "bin/curl",
      `#!/bin/bash\n[[ ! -e $FAKE/says ]] || { cat $FAKE/says; rm $FAKE/says; exit 1; }\n`,
    );
    expect((await prepare(host, "any")).code === 0).toBe(passes);
    if (!passes)
      expect(host.read("marker")).toMatch(/^while adding Docker's package repository: .*curl: \(\d+\)/);
  });

  test("and what is being done, or waited for, is left where the first Command finds it", async () => {
    const host = stockHost();
    host.write(
      "bin/curl",
      `#!/bin/bash\n[[ -e $FAKE/once ]] && exit\n: >$FAKE/once\necho "curl: (7) no"; exit 7\n`,
    );
    host.write("bin/sleep", "#!/bin/bash\ncat $FAKE/progress >>$FAKE/seen\n");
    host.write("bin/systemctl", "#!/bin/bash\n[[ $1 == is-active ]] || cat $FAKE/progress >>$FAKE/seen\n");
    expect((await prepare(host, "any")).code).toBe(0);
    expect(host.read("seen").split("\n").slice(0, 2)).toEqual([
      "adding Docker's package repository, waiting: curl: (7) no",
      "keeping containers from the metadata address and the swarm's ports",
    ]);
    expect(host.read("progress")).toBe("");
  });

  test("not for ever: the reason names what it waited for, and a further run succeeds", async () => {
    const lock = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 119 (python3)";
    const host = stockHost().write("fail-apt-get", `${lock}\nE: Unable to lock directory\n`);
    expect((await prepare(host, "any", { PATIENCE: "0" })).code).not.toBe(0);
    expect(host.read("marker")).toMatch(/^while adding .*: gave up after \d+ s: E: Could not get lock .*119/);
    expect(host.read("progress")).toBe("");
    rmSync(path.join(host.directory, "fail-apt-get"));
    expect((await prepare(host, "any")).code).toBe(0);
    expect(host.read("marker")).toBe("ok\n");
  });
});

describe("a failure's reason is left in the marker", () => {
  test.each<[string, string, string, string, RegExp]>([
    [
      "apt",
      "apt-get",
      "E: You don't have enough free space\n",
      "distribution",
      /^while installing the distribution's Docker engine: .*E: You don't have enough free space/,
    ],
    [
      "systemd",
      "systemctl",
      "Failed to enable unit\n",
      "any",
      /^while keeping containers from the metadata address and the swarm's ports: .*Failed to enable unit/,
    ],
  ])("%s", async (_, program, says, wanted, reason) => {
    const host = stockHost().write(`fail-${program}`, says);
    const { code, stdout, stderr } = await prepare(host, wanted);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toBe("");
    expect(host.read("marker")).toMatch(reason);
    expect(host.read("marker").trimEnd().split("\n")).toHaveLength(1);
    expect(calls(host)).not.toContain("systemctl enable --now docker.service");
  });

  test("a version that the repository has not, with those that it has", async () => {
    const host = stockHost();
    expect((await prepare(host, "1.2.3")).code).not.toBe(0);
    expect(host.read("marker")).toMatch(
      /^while installing the Docker engine \(1\.2\.3\): .*https:\/\/mirror.example has no docker-ce 1\.2\.3 for ubuntu noble; it has 28\.5\.10 28\.5\.1\b/,
    );
  });

  test("a repository that has no engine for this release at all", async () => {
    const host = stockHost().write("out-apt-cache", "");
    expect((await prepare(host, "28.5.1")).code).not.toBe(0);
    expect(host.read("marker")).toMatch(/has no docker-ce 28\.5\.1 for ubuntu noble; it has none/);
  });

  test("an earlier outcome does not stay", async () => {
    const host = stockHost().write("marker", "ok\n").write("fail-apt-get", "no\n");
    await prepare(host, "any");
    expect(host.read("marker")).toMatch(/^while /);
  });

  test("the first Command reports it", async () => {
    const host = stockHost()
      .install("docker", "docker")
      .write("fail-apt-get", "E: no space left on device\n");
    await prepare(host, "any");
    const { code, stderr } = await host.run("bootstrap", { ...BOOTSTRAP, BOOT_SECONDS: 5 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/the host's preparation failed: while adding .*E: no space left on device/);
  });

  test("the first Command that stops waiting says what the preparation was at", async () => {
    const host = stockHost().install("docker", "docker").install("curl", "curl");
    host.write("progress", "installing the Docker engine (any), waiting: E: Could not get lock\n");
    host.is({ down: true }).install("cloud-init");
    const { code, stderr } = await host.run("bootstrap", BOOTSTRAP, {
      env: { PROGRESS: host.path("progress") },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /preparation did not end in time; it was installing .*, waiting: E: Could not get lock/,
    );
  });
});
