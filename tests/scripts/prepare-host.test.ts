import { readFileSync, rmSync } from "node:fs";
import * as path from "node:path";

import { FakeHost } from "./fake-host";
import { calls, MIRROR, prepare, stockHost, withEngine } from "./prepared-host";

const START = [
  "systemctl daemon-reload",
  "systemctl enable --now digitalocean-swarm-guard.service",
  "systemctl enable --now docker.service",
];
const CURL = "curl --fail --silent --show-error --location --connect-timeout 20 --max-time 60";
const REPOSITORY = [
  "apt update",
  "apt install ca-certificates curl",
  `${CURL} ${MIRROR}/linux/ubuntu/gpg -o /etc/apt/keyrings/docker.asc`,
];
const HOLD = "apt-mark hold docker-ce docker-ce-cli";
const pinned = (version: string) =>
  `apt install docker-ce=5:${version}-1~ubuntu.24.04~noble docker-ce-cli=5:${version}-1~ubuntu.24.04~noble containerd.io`;

describe("an engine that is there", () => {
  test.each([
    ["any", "27.0.0"],
    ["28.5.1", "28.5.1"],
    ["20.10.24", "20.10.24+dfsg1"],
  ])("fits %s when it is %s: nothing is installed", async (wanted, version) => {
    const host = withEngine(stockHost(), version);
    expect(await prepare(host, wanted)).toMatchObject({ code: 0, stdout: "" });
    expect(host.read("marker")).toBe("ok\n");
    expect(calls(host)).toEqual(START);
  });

  test("fits `distribution` when it is the distribution's package", async () => {
    const host = withEngine(stockHost(), "27.0.0").write("out-dpkg-query", "installed");
    expect((await prepare(host, "distribution")).code).toBe(0);
    expect(calls(host)).toEqual(START);
    expect(host.calls()).toContain("dpkg-query --show --showformat \\$\\{db:Status-Status\\} docker.io");
  });

  test("of another version is replaced, and restarted where the other one still runs", async () => {
    const host = withEngine(stockHost(), "28.5.10");
    expect((await prepare(host, "28.5.1")).code).toBe(0);
    expect(calls(host)).toEqual([
      ...REPOSITORY,
      "apt update",
      pinned("28.5.1"),
      HOLD,
      ...START,
      "systemctl restart docker.service",
    ]);
    expect(host.read("marker")).toBe("ok\n");
  });

  test("that is held is let go first, and what else is held stays so", async () => {
    const host = withEngine(stockHost(), "27.0.0").write(
      "out-apt-mark",
      "containerd\ndocker.io\nlinux-image\n",
    );
    expect((await prepare(host, "28.5.1")).code).toBe(0);
    const all = calls(host);
    expect(all).toContain("apt-mark unhold containerd docker.io");
    expect(all.indexOf("apt-mark unhold containerd docker.io")).toBeLessThan(all.indexOf(pinned("28.5.1")));
  });

  test("and not from a package, is in the way of the one that was asked for", async () => {
    const host = withEngine(stockHost(), "27.0.0");
    // It comes before /usr/bin on the PATH, so that an installation does not change it.
    host.write("bin/apt-get", "#!/bin/bash\nexit 0\n");
    expect((await prepare(host, "28.5.1")).code).not.toBe(0);
    expect(host.read("marker")).toMatch(
      /^while looking at the Docker engine: .*bin\/dockerd is 27.0.0, though 28.5.1 was installed: remove what is in its way/,
    );
  });

  test.each([
    ["the distribution's", "", "docker-cli"],
    ["Docker's", "installed", "docker-ce-cli=installed"],
  ])("gets a client where it has none: %s", async (_, status, client) => {
    const host = withEngine(stockHost(), "27.0.0").uninstall("docker").write("out-dpkg-query", status);
    expect((await prepare(host, "any")).code).toBe(0);
    expect(calls(host).slice(0, 2)).toEqual(["apt update", `apt install ${client}`]);
  });
});

describe("security updates", () => {
  const settings = (often: number) =>
    `APT::Periodic::Update-Package-Lists "${often}";\nAPT::Periodic::Unattended-Upgrade "${often}";\n`;
  const file = "etc/apt/apt.conf.d/52digitalocean-swarm";
  const host = () => withEngine(stockHost(), "27.0.0");

  test("stay as the image has them", async () => {
    const made = host();
    expect((await prepare(made, "any")).code).toBe(0);
    expect(made.read(file)).toBe("");
  });

  test("are turned on, and what does them is installed where it is missing", async () => {
    const made = host();
    expect((await prepare(made, "any", { SECURITY_UPDATES: "on" })).code).toBe(0);
    expect(made.read(file)).toBe(settings(1));
    expect(calls(made)).toContain("apt install unattended-upgrades");
    const there = host().install("unattended-upgrade");
    expect((await prepare(there, "any", { SECURITY_UPDATES: "on" })).code).toBe(0);
    expect(there.read(file)).toBe(settings(1));
    expect(calls(there)).toEqual(START);
  });

  test("are turned off", async () => {
    const made = host();
    expect((await prepare(made, "any", { SECURITY_UPDATES: "off" })).code).toBe(0);
    expect(made.read(file)).toBe(settings(0));
    expect(calls(made)).toEqual(START);
  });
});

describe("a stock host gets", () => {
  test("the newest engine, held where it is", async () => {
    const host = stockHost().write("out-docker", "28.5.10\n");
    expect((await prepare(host, "any")).code).toBe(0);
    expect(host.read("marker")).toBe("ok\n");
    expect(calls(host)).toEqual([
      ...REPOSITORY,
      "apt update",
      "apt install docker-ce docker-ce-cli containerd.io",
      HOLD,
      ...START,
    ]);
    expect(host.read("etc/apt/sources.list.d/docker.list")).toBe(
      `deb [arch=amd64 signed-by=${host.directory}/etc/apt/keyrings/docker.asc] ${MIRROR}/linux/ubuntu noble stable\n`,
    );
  });

  test("a version, and not one that starts like it", async () => {
    const host = stockHost();
    expect((await prepare(host, "28.5.1")).code).toBe(0);
    expect(calls(host)).toContain(pinned("28.5.1"));
  });

  test("the distribution's engine, with the client where that is a package of its own", async () => {
    const debian = stockHost().write("packages/docker-cli", "");
    debian.write("out-apt-cache", "docker-cli:\n  Installed: (none)\n  Candidate: 26.1.5\n");
    expect((await prepare(debian, "distribution")).code).toBe(0);
    expect(calls(debian).slice(0, 2)).toEqual(["apt update", "apt install docker.io docker-cli"]);
    const ubuntu = stockHost().write("out-apt-cache", "docker-cli:\n  Candidate: (none)\n");
    expect((await prepare(ubuntu, "distribution")).code).toBe(0);
    expect(calls(ubuntu).slice(0, 2)).toEqual(["apt update", "apt install docker.io"]);
  });

  test("curl and iptables, which later steps need, also when the engine fits", async () => {
    const host = withEngine(stockHost(), "28.5.1").uninstall("curl").uninstall("iptables");
    expect((await prepare(host, "any")).code).toBe(0);
    expect(calls(host).slice(0, 2)).toEqual(["apt update", "apt install curl iptables"]);
  });

  test("a guard that keeps containers from what is for hosts, before the engine starts", async () => {
    const host = stockHost();
    await prepare(host, "any");
    const unit = host.read("etc/systemd/system/digitalocean-swarm-guard.service");
    expect(unit).toMatch(/^Before=docker\.service$/m);
    expect(unit).toMatch(/^ExecStart=\/usr\/local\/sbin\/digitalocean-swarm-guard 2377 4789$/m);
  });
});

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
    host.write("bin/systemctl", "#!/bin/bash\ncat $FAKE/progress >>$FAKE/seen\n");
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

describe("the guard", () => {
  const guard = readFileSync(path.join(__dirname, "../../scripts/guard.sh"), "utf8");
  const rules = (host: FakeHost) => host.calls().filter(call => call.includes(" -A "));
  const iptables = (host: FakeHost, isThere: boolean) =>
    host.write(
      "bin/iptables",
      `#!/bin/bash\necho "iptables $*" >>"$FAKE/calls"\n[[ $4 != -C ]] || ${isThere}\n`,
    );

  test("drops what containers send to the metadata address and to the swarm's ports", async () => {
    const host = new FakeHost().install("iptables");
    iptables(host, false);
    expect((await host.bash(["-s", "2378", "7789"], guard)).code).toBe(0);
    expect(rules(host)).toHaveLength(9);
    expect(rules(host)).toEqual(
      expect.arrayContaining([
        "iptables -w -t mangle -A FORWARD -d 169.254.169.254 -j DROP",
        "iptables -w -t mangle -A FORWARD -i docker+ -p tcp -m multiport --dports 2378,7946 -j DROP",
        "iptables -w -t mangle -A INPUT -i br-+ -p udp -m multiport --dports 7789,7946 -j DROP",
      ]),
    );
  });

  test("run again it adds nothing", async () => {
    const host = new FakeHost().install("iptables");
    iptables(host, true);
    expect((await host.bash(["-s", "2377", "4789"], guard)).code).toBe(0);
    expect(rules(host)).toEqual([]);
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
    const { code, stderr } = await host.run("bootstrap", { BOOT_SECONDS: 5 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/the host's preparation failed: while adding .*E: no space left on device/);
  });

  test("the first Command that stops waiting says what the preparation was at", async () => {
    const host = stockHost().install("docker", "docker").install("curl", "curl");
    host.write("progress", "installing the Docker engine (any), waiting: E: Could not get lock\n");
    host.write("engine/down", "").install("cloud-init");
    const { code, stderr } = await host.run("bootstrap", {
      BOOT_SECONDS: 1,
      PROGRESS: path.join(host.directory, "progress"),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /preparation did not end in time; it was installing .*, waiting: E: Could not get lock/,
    );
  });
});
