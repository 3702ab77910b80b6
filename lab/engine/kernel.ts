/** Settings of this machine's kernel that a lab needs, and takes back with the last lab. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { enginePaths } from "./paths";
import type { Report } from "./prerequisites";

/** A setting, as sysctl names it. */
export interface KernelSetting {
  readonly name: string;
  /** The least that will do. */
  readonly least: number;
  /** For a person who has to set it. */
  readonly why: string;
}

/** Only for labs with egress. */
export const FORWARDING: KernelSetting = {
  name: "net.ipv4.ip_forward",
  least: 1,
  why: "this machine has to route for droplets with egress",
};

/**
 * A droplet's systemd, engine and services have some ten of them, and all droplets are one user to the kernel. The
 * default of many systems, 128, is used up by a dozen droplets: the next one ends while it boots.
 */
export const INOTIFY: KernelSetting = {
  name: "fs.inotify.max_user_instances",
  least: 1024,
  why: "droplets that find none left end while they boot",
};

/**
 * Raises a setting that is too low, and notes what it was.
 * @param root - Where the kernel's settings are.
 * @throws If this user may not, with what to do.
 */
export async function raise(setting: KernelSetting, report: Report, root = "/proc/sys"): Promise<void> {
  const { name, least, why } = setting;
  const file = fileOf(root, name);
  const before = (await readFile(file, "utf8")).trim();
  if (Number(before) >= least) return;
  try {
    await writeFile(file, String(least));
  } catch (error) {
    throw new Error(`${name} is ${before}: ${why}. Run as root, or set it with: sysctl -w ${name}=${least}`, {
      cause: error,
    });
  }
  report(`set ${name} from ${before} to ${least}, until the last lab is down`);
  await mkdir(marks(), { recursive: true, mode: 0o700 });
  await writeFile(path.join(marks(), name), before, { flag: "wx" }).catch((error: unknown) => {
    // What it was before the first lab counts.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
}

/** Takes back what {@link raise} changed, unless somebody else has changed it since. */
export async function restoreKernel(report: Report, root = "/proc/sys"): Promise<void> {
  for (const { name, least } of [FORWARDING, INOTIFY]) {
    if (!(await readdir(marks()).catch((): string[] => [])).includes(name)) continue;
    const before = (await readFile(path.join(marks(), name), "utf8")).trim();
    if (Number(await readFile(fileOf(root, name), "utf8")) === least) {
      report(`setting ${name} back to ${before}`);
      await writeFile(fileOf(root, name), before);
    }
    await rm(path.join(marks(), name), { force: true });
  }
}

function fileOf(root: string, name: string): string {
  return path.join(root, ...name.split("."));
}

function marks(): string {
  return path.join(enginePaths().directory, "kernel");
}
