import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import * as path from "node:path";

import { FakeHost, type Outcome } from "./fake-host";

const SCRIPTS = path.join(__dirname, "../../components/nodes/scripts");
const SCRIPT = readFileSync(path.join(SCRIPTS, "prepare-host.sh"), "utf8");
/** What daemon.json is to have. */
export const WANTED = { labels: ["zone=a"] };
export const MIRROR = "https://mirror.example";

/** A stock host. Its /etc is in the fake's directory. */
export function stockHost(): FakeHost {
  const host = new FakeHost().uninstall("curl").uninstall("docker");
  for (const program of ["apt-cache", "apt-mark", "dpkg", "dpkg-query", "curl", "iptables"])
    host.install(program);
  for (const fake of ["apt-get", "systemctl"]) host.install(fake, fake);
  for (const [name, script] of [
    ["apt", "apt.sh"],
    ["daemon", "daemon.py"],
  ] as const)
    symlinkSync(path.join(SCRIPTS, script), path.join(host.directory, `digitalocean-swarm-${name}`));
  host.write("wanted.json", JSON.stringify({ defaults: {}, wanted: WANTED }));
  for (const directory of ["etc/systemd/system", "etc/apt/sources.list.d", "etc/apt/apt.conf.d", "troubles"])
    mkdirSync(path.join(host.directory, directory), { recursive: true });
  return host
    .write("etc/os-release", "ID=ubuntu\nVERSION_CODENAME=noble\n")
    .write("out-dpkg", "amd64\n")
    .write("newest", "28.5.10\n")
    .write("out-docker", "28.5.1\n")
    .write(
      "out-apt-cache",
      [
        " docker-ce | 5:28.5.10-1~ubuntu.24.04~noble | https://mirror.example/linux/ubuntu noble/stable",
        " docker-ce | 5:28.5.1-1~ubuntu.24.04~noble | https://mirror.example/linux/ubuntu noble/stable",
        "",
      ].join("\n"),
    );
}

/** With an engine that runs, as it is to run, and its client. */
export function withEngine(host: FakeHost, version: string): FakeHost {
  return host
    .install("dockerd")
    .write("out-dockerd", `Docker version ${version}, build 0000000\n`)
    .install("docker")
    .write("out-docker", `${version}\n`)
    .write("etc/docker/daemon.json", JSON.stringify(WANTED))
    .write("active", "");
}

/** Runs the preparation. */
export function prepare(host: FakeHost, version: string, env: Record<string, string> = {}): Promise<Outcome> {
  return host.bash(["-s"], SCRIPT.replaceAll("/etc/", `${host.directory}/etc/`), {
    DOCKER_VERSION: version,
    DOCKER_MIRROR: MIRROR,
    SECURITY_UPDATES: "image",
    LISTEN_PORT: "2377",
    DATA_PATH_PORT: "4789",
    PAUSE: "0",
    DAEMON: path.join(host.directory, "wanted.json"),
    SBIN: host.directory,
    RESTART: path.join(host.directory, "restart"),
    PROGRESS: path.join(host.directory, "progress"),
    ...env,
  });
}

/** What changed something, in short. */
export function calls(host: FakeHost): string[] {
  return host
    .calls()
    .filter(call => !/^(dpkg|dpkg-query|dockerd|docker version|apt-cache|apt-mark showhold)\b/.test(call))
    .map(call =>
      call
        .replace("apt-get -q -y -o Acquire::Retries=3", "apt")
        .replace("apt install --no-install-recommends --allow-downgrades", "apt install")
        .replaceAll(host.directory, ""),
    );
}
