/** The packet filter chains that dockerd makes and, when it ends, leaves behind. */
import { readdir, readFile, readlink } from "node:fs/promises";

import execa from "execa";

import { searchPath } from "./prerequisites";

const FILTER_CHAINS = [
  "DOCKER-USER",
  "DOCKER-FORWARD",
  "DOCKER-CT",
  "DOCKER-BRIDGE",
  "DOCKER-INTERNAL",
  "DOCKER-ISOLATION-STAGE-1",
  "DOCKER-ISOLATION-STAGE-2",
  "DOCKER",
];

/** Whether an engine has been at work here: then the chains are left to it. */
export async function chainsExist(): Promise<boolean> {
  return (await iptables(["-t", "filter", "-S", "DOCKER-USER"])) === 0;
}

/**
 * Whether any engine runs in this machine's own network namespace, and so uses the chains: the system's, or another
 * home's. Those of the droplets have namespaces, and chains, of their own.
 */
export async function engineRuns(): Promise<boolean> {
  const own = await readlink("/proc/self/ns/net");
  for (const pid of (await readdir("/proc")).filter(name => /^\d+$/.test(name))) {
    // Processes end while they are looked at.
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() !== "dockerd") continue;
    if ((await readlink(`/proc/${pid}/ns/net`).catch(() => "")) === own) return true;
  }
  return false;
}

/** Removes the chains, as far as they exist. Only for when no engine runs. */
export async function removeChains(): Promise<void> {
  for (const chain of FILTER_CHAINS) await iptables(["-t", "filter", "-D", "FORWARD", "-j", chain]);
  for (const chain of FILTER_CHAINS) await iptables(["-t", "filter", "-F", chain]);
  for (const chain of FILTER_CHAINS) await iptables(["-t", "filter", "-X", chain]);
  const local = ["-m", "addrtype", "--dst-type", "LOCAL", "-j", "DOCKER"];
  await iptables(["-t", "nat", "-D", "PREROUTING", ...local]);
  await iptables(["-t", "nat", "-D", "OUTPUT", "!", "-d", "127.0.0.0/8", ...local]);
  await iptables(["-t", "nat", "-F", "DOCKER"]);
  await iptables(["-t", "nat", "-X", "DOCKER"]);
}

/** The exit status: what is not there cannot be removed, and that is as good. */
async function iptables(args: readonly string[]): Promise<number> {
  const { exitCode } = await execa("iptables", ["--wait", "5", ...args], {
    reject: false,
    timeout: 10_000,
    env: { PATH: searchPath() },
  });
  return exitCode;
}
