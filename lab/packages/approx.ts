/**
 * A cache of the Debian mirror for droplets: approx, Debian's own, which is started anew for each connection with the
 * connection as its standard input. It gives what its configuration names and nothing else, so no droplet gets out by it.
 */
import { spawn } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { userInfo } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { ensurePrerequisites, NEEDS, type Report, searchPath } from "../engine/prerequisites";
import { hostMirror } from "../image/mirror";
import { proxyEnvironment } from "./repository";

const PROGRAM = "/usr/sbin/approx";

/** What approx is told: where it keeps its files, as whom, and the one mirror behind `/debian`. */
export function approxConfig(settings: {
  cache: string;
  user: string;
  group: string;
  mirror: string;
}): string {
  return [
    `$cache ${settings.cache}`,
    `$user ${settings.user}`,
    `$group ${settings.group}`,
    // Droplets that boot together ask for the same files.
    "$max_wait 60",
    // A release that is newer than the lists in the cache would not fit them.
    "$interval 10",
    `debian ${settings.mirror}`,
    "",
  ].join("\n");
}

/** Readies the cache in a directory; several labs may share it. */
export async function approxServer(directory: string, report: Report): Promise<Server> {
  const wasThere = await access(PROGRAM).then(
    () => true,
    () => false,
  );
  await ensurePrerequisites(NEEDS.cache, report);
  // The package comes with a service for the whole network, which nobody asked for.
  if (!wasThere)
    await execa("systemctl", ["disable", "--now", "approx.socket"], { reject: false, timeout: 20_000 });
  const cache = path.join(directory, "cache");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const config = path.join(directory, "approx.conf");
  const { stdout: group } = await execa("id", ["-gn"], { timeout: 10_000 });
  const mirror = (await hostMirror()) ?? "http://deb.debian.org/debian";
  await writeFile(config, approxConfig({ cache, user: userInfo().username, group, mirror }), { mode: 0o600 });
  const environment = { PATH: searchPath(), ...(await proxyEnvironment()) };
  // It must not read the connection itself: what it takes, approx would miss.
  return createServer({ pauseOnConnect: true }, socket => serve(socket, config, environment));
}

function serve(socket: Socket, config: string, environment: Record<string, string>): void {
  const child = spawn(PROGRAM, ["--config", config], {
    stdio: [socket, socket, "ignore"],
    env: environment,
  });
  // Either may end first, and then the other has nothing left to do.
  child.once("error", () => socket.destroy());
  child.once("exit", () => socket.destroy());
  socket.once("error", () => socket.destroy());
}
