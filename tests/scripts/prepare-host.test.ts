import { mkdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { FakeHost, type Outcome } from "./fake-host";

const SCRIPT = readFileSync(path.join(__dirname, "../../scripts/prepare-host.sh"), "utf8");

/** A stock host. Its /etc is in the fake's directory. */
function stockHost(): FakeHost {
  const host = new FakeHost().uninstall("curl");
  for (const program of ["apt-get", "apt-cache", "apt-mark", "systemctl", "dpkg", "curl"])
    host.install(program);
  mkdirSync(path.join(host.directory, "etc/systemd/system"), { recursive: true });
  mkdirSync(path.join(host.directory, "etc/apt/sources.list.d"), { recursive: true });
  return host
    .write("etc/os-release", "ID=ubuntu\nVERSION_CODENAME=noble\n")
    .write("out-dpkg", "amd64\n")
    .write(
      "out-apt-cache",
      [
        " docker-ce | 5:28.5.10-1~ubuntu.24.04~noble | https://download.docker.com/linux/ubuntu noble/stable",
        " docker-ce | 5:28.5.1-1~ubuntu.24.04~noble | https://download.docker.com/linux/ubuntu noble/stable",
        "",
      ].join("\n"),
    );
}
const withEngine = (host: FakeHost, version: string) =>
  host.install("dockerd").write("out-dockerd", `Docker version ${version}, build 0000000\n`);

const prepare = (host: FakeHost, version: string, updates = "image"): Promise<Outcome> =>
  host.bash(["-s"], SCRIPT.replaceAll("/etc/", `${host.directory}/etc/`), {
    DOCKER_VERSION: version,
    SECURITY_UPDATES: updates,
    LISTEN_PORT: "2377",
    DATA_PATH_PORT: "4789",
  });
const APT = "apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3";
const calls = (host: FakeHost) =>
  host
    .calls()
    .filter(call => !/^(dpkg|dockerd|apt-cache)/.test(call))
    .map(call => call.replace(APT, "apt").replaceAll(host.directory, ""));
const START = [
  "systemctl daemon-reload",
  "systemctl enable --now digitalocean-swarm-guard.service",
  "systemctl enable --now docker.service",
];
const REPOSITORY = [
  "apt update",
  "apt install --no-install-recommends ca-certificates curl",
  "curl --fail --silent --show-error --location --retry 5 https://download.docker.com/linux/ubuntu/gpg -o /etc/apt/keyrings/docker.asc",
];

describe("an engine that is there", () => {
  test.each([
    ["any", "27.0.0"],
    ["distribution", "27.0.0"],
    ["28.5.1", "28.5.1"],
  ])("fits %s when it is %s: nothing is installed", async (wanted, version) => {
    const host = withEngine(stockHost(), version);
    expect(await prepare(host, wanted)).toMatchObject({ code: 0, stdout: "" });
    expect(host.read("marker")).toBe("ok\n");
    expect(calls(host)).toEqual(START);
  });

  test("of another version is replaced", async () => {
    const host = withEngine(stockHost(), "28.5.10");
    expect((await prepare(host, "28.5.1")).code).toBe(0);
    expect(calls(host).join("\n")).toContain("docker-ce=5:28.5.1-1~");
  });
});

describe("security updates", () => {
  const settings = (often: number) =>
    `APT::Periodic::Update-Package-Lists "${often}";\nAPT::Periodic::Unattended-Upgrade "${often}";\n`;
  const file = "etc/apt/apt.conf.d/52digitalocean-swarm";
  const host = () => {
    const made = withEngine(stockHost(), "27.0.0");
    mkdirSync(path.join(made.directory, "etc/apt/apt.conf.d"), { recursive: true });
    return made;
  };

  test("stay as the image has them", async () => {
    const made = host();
    expect((await prepare(made, "any")).code).toBe(0);
    expect(made.read(file)).toBe("");
  });

  test("are turned on, and what does them is installed where it is missing", async () => {
    const made = host();
    expect((await prepare(made, "any", "on")).code).toBe(0);
    expect(made.read(file)).toBe(settings(1));
    expect(calls(made)).toContain("apt install --no-install-recommends unattended-upgrades");
    const there = host().install("unattended-upgrade");
    expect((await prepare(there, "any", "on")).code).toBe(0);
    expect(there.read(file)).toBe(settings(1));
    expect(calls(there)).toEqual(START);
  });

  test("are turned off", async () => {
    const made = host();
    expect((await prepare(made, "any", "off")).code).toBe(0);
    expect(made.read(file)).toBe(settings(0));
    expect(calls(made)).toEqual(START);
  });
});

describe("a stock host gets", () => {
  test("the newest engine, held where it is", async () => {
    const host = stockHost();
    expect((await prepare(host, "any")).code).toBe(0);
    expect(host.read("marker")).toBe("ok\n");
    expect(calls(host)).toEqual([
      ...REPOSITORY,
      "apt update",
      "apt install --no-install-recommends docker-ce docker-ce-cli containerd.io",
      "apt-mark hold docker-ce docker-ce-cli",
      ...START,
    ]);
    expect(host.read("etc/apt/sources.list.d/docker.list")).toBe(
      `deb [arch=amd64 signed-by=${host.directory}/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/ubuntu noble stable\n`,
    );
  });

  test("a version, and not one that starts like it", async () => {
    const host = stockHost();
    expect((await prepare(host, "28.5.1")).code).toBe(0);
    expect(calls(host)).toContain(
      "apt install --no-install-recommends docker-ce=5:28.5.1-1~ubuntu.24.04~noble docker-ce-cli=5:28.5.1-1~ubuntu.24.04~noble containerd.io",
    );
  });

  test("the distribution's engine", async () => {
    const host = stockHost();
    expect((await prepare(host, "distribution")).code).toBe(0);
    expect(calls(host)).toEqual([
      "apt update",
      "apt install --no-install-recommends docker.io curl",
      ...START,
    ]);
  });

  test("curl, which joining needs, also when the engine fits", async () => {
    const host = withEngine(stockHost(), "28.5.1").uninstall("curl");
    expect((await prepare(host, "any")).code).toBe(0);
    expect(calls(host).slice(0, 2)).toEqual(["apt update", "apt install --no-install-recommends curl"]);
  });

  test("a guard that keeps containers from what is for hosts, before the engine starts", async () => {
    const host = stockHost();
    await prepare(host, "any");
    const unit = host.read("etc/systemd/system/digitalocean-swarm-guard.service");
    expect(unit).toMatch(/^Before=docker\.service$/m);
    expect(unit).toMatch(/^ExecStart=\/usr\/local\/sbin\/digitalocean-swarm-guard 2377 4789$/m);
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
      "E: Unable to fetch some archives\n",
      "distribution",
      /^while installing the distribution's Docker engine: .*E: Unable to fetch some archives/,
    ],
    [
      "the download of the key",
      "curl",
      "curl: (6) Could not resolve host\n",
      "any",
      /^while adding Docker's package repository: .*Could not resolve host/,
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

  test("a version that the repository has not", async () => {
    const host = stockHost();
    expect((await prepare(host, "1.2.3")).code).not.toBe(0);
    expect(host.read("marker")).toMatch(
      /^while installing the Docker engine \(1\.2\.3\): .*Docker's repository has no docker-ce 1\.2\.3 for this distribution/,
    );
  });

  test("an earlier outcome does not stay", async () => {
    const host = stockHost().write("marker", "ok\n").write("fail-apt-get", "no\n");
    await prepare(host, "any");
    expect(host.read("marker")).toMatch(/^while /);
  });

  test("the first Command reports it", async () => {
    const host = stockHost().write("fail-apt-get", "E: no space left on device\n");
    await prepare(host, "any");
    const { code, stderr } = await host.run("bootstrap", { BOOT_SECONDS: 5 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/the host's preparation failed: while adding .*E: no space left on device/);
  });
});
