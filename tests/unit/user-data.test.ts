import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { parse } from "yaml";

import { parseDaemon } from "../../components/nodes/daemon";
import { ignoredEdits } from "../../components/nodes/node-pool";
import { userData } from "../../components/nodes/user-data";
import { asText, makeCluster } from "./cluster";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB==\n-----END OPENSSH PRIVATE KEY-----\n";
const render = (dockerVersion = "any", { ssh = 22, user = "root" } = {}) =>
  userData({
    dockerVersion,
    dockerMirror: "https://mirror.example/docker",
    securityUpdates: "on",
    daemon: parseDaemon({ labels: { zone: "a" } }),
    cloudInit: { config: {}, script: "" },
    ports: { ssh, listen: 2378, dataPath: 4789 },
    user,
    hostPrivateKey: KEY,
    hostPublicKey: "ssh-ed25519 AAAAC3 \n",
  });

interface CloudConfig {
  ssh_pwauth: boolean;
  ssh_keys: Record<string, string>;
  write_files: { path: string; permissions: string; content: string }[];
  bootcmd: string[][];
  runcmd: string[][];
}
const parsed = (dockerVersion?: string) => parse(render(dockerVersion)) as CloudConfig;

describe("user data", () => {
  test("is a cloud-config below DigitalOcean's 64 KiB", () => {
    expect(render()).toMatch(/^#cloud-config\n/);
    expect(Buffer.byteLength(render())).toBeLessThan(64 * 1024);
  });

  test("brings the host's key, byte for byte", () => {
    expect(parsed().ssh_keys).toEqual({ ed25519_private: KEY, ed25519_public: "ssh-ed25519 AAAAC3" });
    expect(parsed().ssh_pwauth).toBe(false);
  });

  test("brings the preparation, byte for byte, and runs it with the wanted engine", () => {
    const script = readFileSync(
      path.join(__dirname, "../../components/nodes/scripts/prepare-host.sh"),
      "utf8",
    );
    const { write_files, runcmd } = parsed("28.5.1");
    expect(write_files.map(file => [file.path, file.permissions])).toEqual([
      ["/etc/ssh/sshd_config.d/10-digitalocean-swarm.conf", "0644"],
      ["/usr/local/sbin/digitalocean-swarm-prepare", "0755"],
      ["/usr/local/sbin/digitalocean-swarm-apt", "0755"],
      ["/usr/local/sbin/digitalocean-swarm-guard", "0755"],
      ["/usr/local/sbin/digitalocean-swarm-daemon", "0755"],
      ["/var/lib/digitalocean-swarm/daemon.json", "0600"],
    ]);
    expect(write_files[1]?.content).toBe(script);
    expect(runcmd).toEqual([
      [
        "env",
        "DOCKER_VERSION=28.5.1",
        "DOCKER_MIRROR=https://mirror.example/docker",
        "SECURITY_UPDATES=on",
        "DAEMON=/var/lib/digitalocean-swarm/daemon.json",
        "LISTEN_PORT=2378",
        "DATA_PATH_PORT=4789",
        "/usr/local/sbin/digitalocean-swarm-prepare",
      ],
    ]);
  });

  test("brings what daemon.json is to have, and makes one before the engine's first start where there is none", () => {
    const rotated = { "log-driver": "json-file", "log-opts": { "max-size": "10m", "max-file": "3" } };
    const wanted = { labels: ["zone=a"] };
    const { write_files, bootcmd } = parsed();
    expect(JSON.parse(write_files.at(-1)?.content ?? "")).toEqual({ defaults: rotated, wanted });
    const [, , , shell, , first, , text = ""] = bootcmd[0] ?? [];
    expect(JSON.parse(text)).toEqual({ ...rotated, ...wanted });
    expect(bootcmd[0]?.slice(0, 3)).toEqual(["cloud-init-per", "instance", "digitalocean-swarm-daemon"]);
    const directory = mkdtempSync(path.join(tmpdir(), "daemon-"));
    const file = path.join(directory, "daemon.json");
    const boot = () => execFileSync(shell ?? "", ["-c", first ?? "", file, text]);
    boot();
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([`${text}\n`, 0o600]);
    writeFileSync(file, "the image's own");
    boot();
    expect(readFileSync(file, "utf8")).toBe("the image's own");
    rmSync(directory, { recursive: true });
  });

  test("lets many Commands dial at once, and no passwords", () => {
    const sshd = parsed().write_files[0]?.content ?? "";
    expect(sshd).toMatch(/^MaxStartups 200:30:500$/m);
    expect(sshd).toMatch(/^PasswordAuthentication no$/m);
    expect(sshd.endsWith("\n")).toBe(true);
  });

  test("for another port and user: sshd listens there, and root is left out", () => {
    const own = parse(render("any", { ssh: 2222, user: "ops" })) as CloudConfig & Record<string, unknown>;
    const sshd = own.write_files[0]?.content ?? "";
    expect(sshd).toMatch(/^Port 2222$/m);
    expect(sshd).toMatch(/^PermitRootLogin no$/m);
    expect(own.user).toMatchObject({ name: "ops", sudo: "ALL=(ALL) NOPASSWD:ALL", groups: ["docker"] });
    expect(own.disable_root).toBe(true);
    expect(own.bootcmd[0]).toEqual(["rm", "-f", "/run/nologin"]);
    expect(own.runcmd.map(([first]) => first)).toEqual(["sh", "env"]);
    const usual = parsed() as CloudConfig & Record<string, unknown>;
    expect(usual.write_files[0]?.content).not.toMatch(/Port|Root/);
    expect([usual.user, usual.disable_root]).toEqual([undefined, undefined]);
    expect(JSON.stringify(usual.bootcmd)).not.toContain("nologin");
  });

  test("is the same for all nodes of a pool, and has the pool's own key", async () => {
    const world = await makeCluster({ dockerVersion: "distribution" });
    const data = (name: string) => String(world.get(name).inputs.userData);
    expect(data("demo-manager-0")).toBe(data("demo-manager-2"));
    expect(data("demo-web-0")).toContain("PRIVATE-demo-web-host-key");
    expect(data("demo-web-0")).not.toContain("PRIVATE-demo-manager-host-key");
    expect(data("demo-web-0")).toContain("DOCKER_VERSION=distribution");
    expect(data("demo-web-0")).toContain('"DOCKER_MIRROR=https://download.docker.com"');
  });

  test("names the mirror of Docker's repository that was asked for", async () => {
    const world = await makeCluster({ dockerMirror: "http://mirror.example:8081/docker" });
    expect(String(world.get("demo-web-0").inputs.userData)).toContain(
      '"DOCKER_MIRROR=http://mirror.example:8081/docker"',
    );
  });
});

describe("warnings", () => {
  test("none for a cluster that is as asked", async () => {
    expect((await makeCluster()).warnings).toEqual([]);
    expect((await makeCluster({}, { preview: true })).warnings).toEqual([]);
  });

  test.each(["0.0.0.0/0", "::/0"])("SSH for the world (%s)", async range => {
    const world = await makeCluster({ firewall: { sshFrom: ["192.0.2.7/32", range] } });
    expect(world.warnings).toEqual(["firewall.sshFrom opens SSH to the world; your own address is enough"]);
  });

  test("an edit that a running droplet is not given names the node, what it keeps, and the way out", async () => {
    const world = await makeCluster(
      { workers: { web: { count: 2, size: "s-4vcpu-8gb" } } },
      { droplets: { "demo-web-1": { size: "s-1vcpu-2gb", image: "debian-12-x64" } } },
    );
    expect(world.warnings).toEqual([
      "web-1 keeps size s-1vcpu-2gb, not s-4vcpu-8gb and image debian-12-x64, not ubuntu-24-04-x64: running nodes are not replaced by an edit. Change its `revision` to replace it",
    ]);
  });

  test("nor is monitoring or IPv6 turned on or off on one; backups are, as nobody notices", async () => {
    const wanted = { monitoring: true, ipv6: false, backups: true };
    const world = await makeCluster(
      { workers: { web: { count: 1, ...wanted } } },
      { droplets: { "demo-web-0": { monitoring: false, ipv6: true, backups: false } } },
    );
    expect(world.warnings).toEqual([
      "web-0 keeps monitoring off, not on and ipv6 on, not off: running nodes are not replaced by an edit. Change its `revision` to replace it",
    ]);
    const off = { monitoring: false, ipv6: false };
    expect((await makeCluster({}, { droplets: { "demo-web-0": off } })).warnings).toEqual([]);
  });

  test("ids may be numbers: the state has them as text, and that is no edit", async () => {
    const world = await makeCluster(
      {
        managers: { count: 1, image: asText(195932981) },
        workers: { web: { count: 1, nodes: { "0": { image: asText(195932982) } } } },
        ssh: { additionalKeys: [asText(512190), "12:34"] },
      },
      { droplets: { "demo-manager-0": { image: "195932981" }, "demo-web-0": { image: "195932982" } } },
    );
    expect(world.warnings).toEqual([]);
    expect(world.get("demo-manager-0").inputs.image).toBe("195932981");
    expect(world.get("demo-web-0").inputs.image).toBe("195932982");
    expect(world.get("demo-web-0").inputs.sshKeys).toEqual(["fingerprint-demo-ssh", "512190", "12:34"]);
  });

  test("no edit, no sentence", () => {
    expect(ignoredEdits({ size: "a", image: "b" }, { size: "a", image: "b" })).toBeUndefined();
    expect(ignoredEdits({ size: "a", image: "b" }, { size: "a", image: "c" })).toMatch(
      /^keeps image b, not c:/,
    );
  });
});
