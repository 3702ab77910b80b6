/** Hosts that are up, prepared as the program prepares them. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { swarmPorts } from "../../components/network/ports";
import { parseDaemon } from "../../components/nodes/daemon";
import { DOCKER_MIRROR, userData } from "../../components/nodes/user-data";
import { ApiClient, POLL_MS } from "../../lab/client";
import { waitFor } from "../../lab/engine/wait";
import type { Lab } from "../../lab/lab";

/** One host. */
export interface BenchHost {
  /** Its hostname too. */
  readonly name: string;
  readonly role: "manager" | "worker";
  readonly publicAddress: string;
  readonly privateAddress: string;
}

/** Hosts, and how to log in as root. */
export interface BenchHosts {
  /** The first manager first. */
  readonly hosts: readonly BenchHost[];
  /** OpenSSH private key. */
  readonly privateKey: string;
  /** OpenSSH public key of all hosts. */
  readonly hostKey: string;
  /** Directory of what {@link firstOf} writes: `key`, `known_hosts` and `hosts.json`, this object. */
  readonly dir: string;
}

const MANAGERS = 3;
const BOOT_MS = 300_000;
/** Droplets that DigitalOcean makes in one request. */
const PER_REQUEST = 10;

/** Creates droplets in a lab and waits until all are prepared. The first three are managers. */
export async function createHosts(lab: Lab, count: number, dir: string): Promise<BenchHosts> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const login = await keyPair(path.join(dir, "key"));
  const host = await keyPair(path.join(dir, "host-key"));
  const api = new ApiClient(lab.endpoint, lab.token);
  const key = await api.call<{ ssh_key: { id: number } }>("POST", "account/keys", {
    name: `bench-${count}`,
    public_key: login.public,
  });
  const names = Array.from({ length: count }, (_, i) =>
    i < MANAGERS ? `manager-${i}` : `worker-${i - MANAGERS}`,
  );
  for (let i = 0; i < count; i += PER_REQUEST)
    await api.call("POST", "droplets", {
      names: names.slice(i, i + PER_REQUEST),
      region: "fra1",
      size: "s-1vcpu-1gb",
      image: "ubuntu-24-04-x64",
      ssh_keys: [key.ssh_key.id],
      user_data: userData({
        dockerVersion: "any",
        dockerMirror: DOCKER_MIRROR,
        securityUpdates: "image",
        daemon: parseDaemon({}),
        cloudInit: { config: {}, script: "" },
        ports: swarmPorts(),
        user: "root",
        hostPrivateKey: host.private,
        hostPublicKey: host.public,
      }),
    });
  await Promise.all(names.map(name => untilPrepared(lab, name)));
  const droplets = await lab.droplets();
  const hosts = names.map((name): BenchHost => {
    const droplet = droplets.find(({ hostname }) => hostname === name);
    if (!droplet) throw new Error(`the lab lost ${name}`);
    const { publicAddress, privateAddress } = droplet;
    return { name, role: name.startsWith("manager") ? "manager" : "worker", publicAddress, privateAddress };
  });
  return { hosts, privateKey: login.private, hostKey: host.public.trim(), dir };
}

/** The first so many of them, with files of their own. */
export async function firstOf(count: number, all: BenchHosts): Promise<BenchHosts> {
  const dir = path.join(all.dir, String(count));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const chosen = { ...all, dir, hosts: all.hosts.slice(0, count) };
  await writeFile(path.join(dir, "key"), all.privateKey, { mode: 0o600 });
  await writeFile(path.join(dir, "hosts.json"), JSON.stringify(chosen), { mode: 0o600 });
  const known = chosen.hosts.map(({ publicAddress }) => `${publicAddress} ${all.hostKey}\n`);
  await writeFile(path.join(dir, "known_hosts"), known.join(""));
  return chosen;
}

/** `ssh` with the options that lead to the hosts. */
export function sshCommand({ dir }: BenchHosts): string[] {
  const known = `UserKnownHostsFile=${path.join(dir, "known_hosts")}`;
  const options = ["IdentitiesOnly=yes", "BatchMode=yes", "LogLevel=ERROR", known];
  return ["ssh", "-F", "none", "-i", path.join(dir, "key"), ...options.flatMap(option => ["-o", option])];
}

async function keyPair(file: string): Promise<{ private: string; public: string }> {
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
  return { private: await readFile(file, "utf8"), public: await readFile(`${file}.pub`, "utf8") };
}

async function untilPrepared(lab: Lab, name: string): Promise<void> {
  const what = `${name} to be prepared`;
  await waitFor({ what, timeoutMs: BOOT_MS, intervalMs: POLL_MS }, async () => {
    const { stdout } = await lab
      .exec(name, ["cat", "/var/lib/digitalocean-swarm/prepared"])
      .catch(() => ({ stdout: "" }));
    return stdout.trim() === "ok" || undefined;
  });
}
