/** Control groups, on a machine whose init system has mounted none. */
import { mkdir, readFile } from "node:fs/promises";

import execa from "execa";

import { type Report, searchPath } from "./prerequisites";

const ROOT = "/sys/fs/cgroup";

/** Mounts the kernel's control groups if nothing is mounted: version 2 if it is complete, otherwise version 1. */
export async function ensureCgroups(report: Report): Promise<void> {
  const mounts = await readFile("/proc/mounts", "utf8");
  if (mounts.split("\n").some(line => / cgroup2? /.test(line))) return;
  report("mounting the kernel's control groups");
  await mount(["-t", "cgroup2", "none", ROOT]);
  const controllers = (await readFile(`${ROOT}/cgroup.controllers`, "utf8")).split(/\s+/);
  if (["cpu", "memory", "pids"].every(controller => controllers.includes(controller))) return;
  await execa("umount", [ROOT], { env: { PATH: searchPath() }, timeout: 10_000 });
  await mountVersion1();
}

async function mountVersion1(): Promise<void> {
  await mount(["-t", "tmpfs", "-o", "mode=755", "cgroup", ROOT]);
  // Lines of: name, hierarchy, number of groups, enabled.
  const table = (await readFile("/proc/cgroups", "utf8")).trim().split("\n").slice(1);
  for (const line of table) {
    const [name, , , enabled] = line.split(/\s+/);
    if (name === undefined || enabled !== "1") continue;
    await mkdir(`${ROOT}/${name}`);
    await mount(["-t", "cgroup", "-o", name, name, `${ROOT}/${name}`]);
  }
  await mkdir(`${ROOT}/systemd`);
  await mount(["-t", "cgroup", "-o", "none,name=systemd", "systemd", `${ROOT}/systemd`]);
}

async function mount(args: readonly string[]): Promise<void> {
  await execa("mount", args, { env: { PATH: searchPath() }, timeout: 10_000 });
}
