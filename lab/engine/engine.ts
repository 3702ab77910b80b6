/** The container engine: the one that answers, or one that the lab starts for itself. */
import { access } from "node:fs/promises";

import Docker from "dockerode";

import { startDaemon } from "./daemon";
import { enginePaths } from "./paths";
import { ensurePrerequisites, NEEDS, type Report, requireLinux } from "./prerequisites";

const SYSTEM_SOCKET = "/var/run/docker.sock";
/** A socket whose owner hangs must not hang the lab. */
const PROBE_MS = 5_000;

/** An engine that answers. */
export interface Engine {
  readonly docker: Docker;
  readonly socket: string;
  /** Whether a lab started it, and may stop it. */
  readonly ours: boolean;
}

/** What the lab needs to know of an engine; part of its `/info`. */
export interface EngineInfo {
  readonly CgroupVersion?: string;
  readonly MemoryLimit?: boolean;
  readonly OSType?: string;
  readonly OperatingSystem?: string;
  readonly SecurityOptions?: readonly string[] | null;
}

/** Connects to the engine at a socket, without asking whether it answers. */
export function connect(socket: string): Docker {
  return new Docker({ socketPath: socket });
}

/** An engine's description. */
export async function engineInfo(docker: Docker): Promise<EngineInfo> {
  return (await docker.info()) as EngineInfo;
}

/** The engine that answers already: `DOCKER_HOST`, or else the lab's own, or else the system's. */
export async function findEngine(): Promise<Engine | undefined> {
  requireLinux();
  const { socket: own } = enginePaths();
  const chosen = process.env.DOCKER_HOST;
  if (chosen !== undefined && chosen !== "") {
    const socket = /^unix:\/\/(.+)$/.exec(chosen)?.[1];
    if (socket === undefined) {
      throw new Error(
        `DOCKER_HOST is ${chosen}: the lab shares files with its droplets, so it needs an engine of this machine. ` +
          "Unset DOCKER_HOST, or let it name a unix:// socket.",
      );
    }
    if (!(await answers(socket))) {
      throw new Error(`no engine answers at DOCKER_HOST (${chosen}). Start it, or unset DOCKER_HOST.`);
    }
    return usable(socket, socket === own);
  }
  if (await answers(own)) return usable(own, true);
  if (await answers(SYSTEM_SOCKET)) return usable(SYSTEM_SOCKET, false);
  return undefined;
}

/**
 * Finds an engine, or starts one.
 * @throws If it cannot be used, or does not start, with the end of its log.
 */
export async function ensureEngine(report: Report): Promise<Engine> {
  const found = await findEngine();
  if (found !== undefined) return found;
  await ensurePrerequisites(NEEDS.engine, report);
  // On a machine with an init system, installing the package has started it.
  const installed = await findEngine();
  if (installed !== undefined) return installed;
  const { socket } = enginePaths();
  await startDaemon(() => answers(socket), report);
  return usable(socket, true);
}

/**
 * Whether an engine answers at a socket.
 * @throws If it may not be asked.
 */
async function answers(socket: string): Promise<boolean> {
  try {
    await access(socket);
    await new Docker({ socketPath: socket, timeout: PROBE_MS }).ping();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES") {
      throw new Error(
        `this user may not use the engine at ${socket}: run as root, or join the group "docker"`,
        {
          cause: error,
        },
      );
    }
    return false;
  }
}

async function usable(socket: string, ours: boolean): Promise<Engine> {
  const docker = connect(socket);
  const info = await engineInfo(docker);
  const advice =
    "Unset DOCKER_HOST, or stop that engine, and the lab starts one of its own when run as root.";
  if (info.OSType !== "linux" || info.OperatingSystem === "Docker Desktop") {
    const kind = info.OperatingSystem ?? "unknown";
    throw new Error(`the engine at ${socket} is not this machine's own (${kind}). ${advice}`);
  }
  if (info.SecurityOptions?.some(option => option.includes("rootless")) === true) {
    throw new Error(`the engine at ${socket} is rootless, and a droplet needs a rootful one. ${advice}`);
  }
  return { docker, socket, ours };
}
