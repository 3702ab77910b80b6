import { rmSync, statSync } from "node:fs";
import * as path from "node:path";

import type { FakeHost } from "./fake-host";
import { calls, MIRROR, prepare, stockHost, WANTED, withEngine } from "./prepared-host";

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

describe("a program of the user's", () => {
  const extra = (host: FakeHost, text: string) => {
    host.write("bin/extra", `#!/bin/bash\n${text}\n`);
    return prepare(host, "any", { EXTRA: path.join(host.bin, "extra") });
  };

  test("runs before everything else, and what it says is root's alone to read", async () => {
    const host = stockHost();
    const { code, stdout, stderr } = await extra(host, "cat $FAKE/calls; cat $FAKE/progress; echo said");
    expect([code, stdout, stderr]).toEqual([0, "", ""]);
    expect(host.read("log")).toMatch(
      /running the commands of `cloudInit`\n(cat: .*calls.*\n)?running the commands of `cloudInit`\nsaid\n/,
    );
    expect(statSync(path.join(host.directory, "log")).mode & 0o777).toBe(0o600);
    expect(host.read("marker")).toBe("ok\n");
  });

  test("that fails is the reason, but its words, which may be secret, stay on the host", async () => {
    const host = stockHost();
    const { code } = await extra(host, "echo SECRET; exit 7");
    expect(code).not.toBe(0);
    expect(host.read("marker")).toBe(
      `while running the commands of \`cloudInit\`: they ended with status 7; what they said is in ${host.directory}/log on the host\n`,
    );
    expect(calls(host)).toEqual([]);
  });
});

describe("daemon.json", () => {
  const file = "etc/docker/daemon.json";
  const read = (host: FakeHost) => JSON.parse(host.read(file)) as unknown;
  const RESTART = "systemctl restart docker.service";

  test("is there before an engine is installed, which starts with it", async () => {
    const host = stockHost().write("out-docker", "28.5.10\n");
    host.write("bin/apt-mark", `#!/bin/bash\ncp ${host.directory}/${file} ${host.directory}/seen\n`);
    expect((await prepare(host, "any")).code).toBe(0);
    expect(JSON.parse(host.read("seen"))).toEqual(WANTED);
    expect(calls(host)).not.toContain(RESTART);
  });

  test("of an image is merged with the program's, and its engine restarted once", async () => {
    const host = withEngine(stockHost(), "27.0.0").write(file, '{"data-root": "/data", "labels": []}');
    expect((await prepare(host, "any")).code).toBe(0);
    expect(read(host)).toEqual({ ...WANTED, "data-root": "/data" });
    expect(calls(host)).toEqual([...START, RESTART]);
    expect((await prepare(host, "any")).code).toBe(0);
    expect(calls(host).filter(call => call === RESTART)).toHaveLength(1);
  });

  test("is what an engine is restarted for, also where the first run failed in between", async () => {
    const host = withEngine(stockHost(), "27.0.0").write(file, "{}").write("fail-systemctl", "no\n");
    expect((await prepare(host, "any")).code).not.toBe(0);
    rmSync(path.join(host.directory, "fail-systemctl"));
    expect((await prepare(host, "any")).code).toBe(0);
    expect(calls(host).at(-1)).toBe(RESTART);
  });

  test("that cannot be read is the reason of a failure", async () => {
    const host = withEngine(stockHost(), "27.0.0").write(file, "{");
    expect((await prepare(host, "any")).code).not.toBe(0);
    expect(host.read("marker")).toMatch(
      /^while writing the Docker engine's daemon\.json: .*daemon\.json, which the image has, is not what/,
    );
    expect(host.read(file)).toBe("{");
  });

  test("that the engine does not take is named by the engine's own words", async () => {
    const host = withEngine(stockHost(), "27.0.0");
    host.write(
      "bin/systemctl",
      "#!/bin/bash\n[[ $* != 'enable --now docker.service' ]] || { echo Job failed; exit 1; }\n",
    );
    host.install("journalctl");
    const reason = "unable to configure the Docker daemon with file /etc/docker/daemon.json: no option: x";
    host.write("out-journalctl", `Starting\n${reason}\nFailed to start docker.service.\n`);
    expect((await prepare(host, "any")).code).not.toBe(0);
    expect(host.read("marker")).toBe(`while starting the Docker engine: it does not start: ${reason}\n`);
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
