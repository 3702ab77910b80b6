/** What the lab needs from the machine that it runs on, and how to get it there. */
import { readFile } from "node:fs/promises";

import execa from "execa";

/** A command or file that the lab needs, and the Debian package that has it. */
export interface Need {
  /** A command on the PATH, or an absolute path. */
  readonly command: string;
  readonly package: string;
  /** For a person who has to install it. */
  readonly why: string;
}

/** All needs, in groups that are only asked for when their time comes. */
export const NEEDS = {
  /** To start an engine, on a machine where none answers. */
  engine: [
    { command: "dockerd", package: "docker.io", why: "runs the droplets" },
    { command: "iptables", package: "iptables", why: "dockerd keeps the lab's networks apart with it" },
    { command: "ip", package: "iproute2", why: "dockerd's networks" },
  ],
  /** To build a droplet's image. */
  image: [
    { command: "mmdebstrap", package: "mmdebstrap", why: "builds the droplets' file system" },
    {
      command: "/usr/share/keyrings/debian-archive-keyring.gpg",
      package: "debian-archive-keyring",
      why: "verifies the packages of the droplets' file system",
    },
  ],
  /** To build the package repository of stock droplets. */
  packages: [
    { command: "patchelf", package: "patchelf", why: "lets a newer engine run on an older release" },
    { command: "apt-ftparchive", package: "apt-utils", why: "lists the packages of the repository" },
    { command: "gpg", package: "gnupg", why: "signs the package repository" },
  ],
  /** To give stock droplets Debian's packages. */
  cache: [
    { command: "/usr/sbin/approx", package: "approx", why: "passes the Debian mirror on to stock droplets" },
  ],
  /** To give droplets volumes. */
  volumes: [{ command: "losetup", package: "mount", why: "makes the droplets' volumes" }],
  /** To create a volume with a file system. */
  ext4: [{ command: "mkfs.ext4", package: "e2fsprogs", why: "formats a droplet's volume" }],
  xfs: [{ command: "mkfs.xfs", package: "xfsprogs", why: "formats a droplet's volume" }],
  /** To run the project's tests. */
  tests: [
    { command: "shellcheck", package: "shellcheck", why: "checks the shell scripts" },
    { command: "ssh-keygen", package: "openssh-client", why: "makes keys for the droplets" },
    { command: "iptables", package: "iptables", why: "a host firewall to be found" },
    { command: "nft", package: "nftables", why: "a host firewall to be found" },
  ],
} as const satisfies Record<string, readonly Need[]>;

/** Takes a line per step, for people. */
export type Report = (line: string) => void;

/** @throws If this is not Linux: a droplet is a Linux container with its own systemd. */
export function requireLinux(platform: NodeJS.Platform = process.platform): void {
  if (platform === "linux") return;
  throw new Error(
    `the lab needs Linux, and this is ${platform}: run it in a Linux machine or VM (Debian or Ubuntu, 2 GiB of ` +
      "memory). The program itself needs no lab: with a DigitalOcean token, `pulumi up` works from here.",
  );
}

/** Those needs that this machine does not meet. */
export async function missing(needs: readonly Need[]): Promise<Need[]> {
  const found = await Promise.all(needs.map(need => exists(need.command)));
  return needs.filter((_need, index) => found[index] !== true);
}

async function exists(command: string): Promise<boolean> {
  const test = command.startsWith("/") ? 'test -r "$1"' : 'command -v "$1" >/dev/null';
  const { exitCode } = await execa("/bin/sh", ["-c", test, "sh", command], {
    reject: false,
    env: { PATH: searchPath() },
  });
  return exitCode === 0;
}

/** `PATH` with the directories of system commands: they are often not on a user's, and the daemons are there. */
export function searchPath(): string {
  return `${process.env.PATH ?? "/usr/bin:/bin"}:/usr/local/sbin:/usr/sbin:/sbin`;
}

/**
 * Installs what is missing, as root on Debian or Ubuntu.
 * @throws Elsewhere, with what to install; or if apt-get fails, with its last lines.
 */
export async function ensurePrerequisites(needs: readonly Need[], report: Report): Promise<void> {
  requireLinux();
  const absent = await missing(needs);
  if (absent.length === 0) return;
  const packages = [...new Set(absent.map(need => need.package))];
  const list = absent.map(need => `  ${need.package} (${need.command}): ${need.why}`).join("\n");
  if (!(await isDebianLike())) {
    throw new Error(`this machine lacks, by their Debian names:\n${list}\nInstall them and try again.`);
  }
  if (process.getuid?.() !== 0) {
    const command = `sudo apt-get install --no-install-recommends ${packages.join(" ")}`;
    throw new Error(`this machine lacks:\n${list}\nInstall them with: ${command}`);
  }
  report(`installing ${packages.join(", ")}`);
  if ((await aptGet(["install", ...packages])).exitCode === 0) return;
  // Fresh machines have no package lists, old ones have stale ones: then, and only then, they are fetched.
  report("fetching the package lists");
  const update = await aptGet(["update"]);
  const second = await aptGet(["install", ...packages]);
  if (second.exitCode === 0) return;
  const output = `${update.exitCode === 0 ? "" : update.all}\n${second.all}`;
  const tail = output.trim().split("\n").slice(-15).join("\n");
  throw new Error(`apt-get could not install ${packages.join(" ")}:\n${tail}`);
}

async function aptGet(args: readonly string[]): Promise<{ exitCode: number; all: string }> {
  const options = ["-y", "-o", "DPkg::Lock::Timeout=120", "--no-install-recommends"];
  const { exitCode, all } = await execa("apt-get", [...options, ...args], {
    reject: false,
    all: true,
    timeout: 600_000,
    stdin: "ignore",
    env: { PATH: searchPath(), DEBIAN_FRONTEND: "noninteractive" },
  });
  return { exitCode, all: all ?? "" };
}

async function isDebianLike(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(release);
}
