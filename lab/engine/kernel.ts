/** Routing on this machine, which only labs with egress need. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { enginePaths } from "./paths";
import type { Report } from "./prerequisites";

const SWITCH = "/proc/sys/net/ipv4/ip_forward";

/**
 * Lets this machine route for its droplets, and notes that it did not before.
 * @throws If it does not route, and this user may not change that.
 */
export async function allowForwarding(report: Report): Promise<void> {
  if (await forwards()) return;
  report("letting this machine route IPv4 (net.ipv4.ip_forward), until the last lab is down");
  try {
    await writeFile(SWITCH, "1");
  } catch (error) {
    throw new Error("egress needs net.ipv4.ip_forward=1: run as root, or set it with sysctl", {
      cause: error,
    });
  }
  await mkdir(enginePaths().directory, { recursive: true, mode: 0o700 });
  await writeFile(mark(), "");
}

/** Takes back what {@link allowForwarding} changed. */
export async function restoreForwarding(report: Report): Promise<void> {
  try {
    await readFile(mark());
  } catch {
    return;
  }
  report("taking net.ipv4.ip_forward back");
  await writeFile(SWITCH, "0");
  await rm(mark(), { force: true });
}

async function forwards(): Promise<boolean> {
  return (await readFile(SWITCH, "utf8")).trim() === "1";
}

function mark(): string {
  return join(enginePaths().directory, "forwarding-was-off");
}
