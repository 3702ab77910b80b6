/** The engine that the lab starts itself, with data, socket and log of its own, and stops again. */
import { spawn } from "node:child_process";
import { access, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";

import execa from "execa";

import { ensureCgroups } from "./cgroups";
import { chainsExist, engineRuns, removeChains } from "./chains";
import { enginePaths } from "./paths";
import { type Report, searchPath } from "./prerequisites";
import { isAlive, waitFor } from "./wait";

const START_MS = 60_000;
const STOP_MS = 30_000;

/**
 * Starts a daemon, which outlives this process.
 * @param answers - Whether it answers at its socket.
 * @throws If this is not root, or it does not answer in time, with the end of its log.
 */
export async function startDaemon(answers: () => Promise<boolean>, report: Report): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error("no container engine answers, and starting one takes root: run as root, or start Docker");
  }
  const paths = enginePaths();
  report("starting a container engine");
  await ensureCgroups(report);
  await mkdir(paths.directory, { recursive: true, mode: 0o700 });
  await mkdir(paths.run, { recursive: true, mode: 0o700 });
  // What another engine made is not removed when this one stops.
  if (!(await chainsExist())) await writeFile(ownChainsMark(), "");
  const log = await open(paths.log, "w", 0o600);
  // No default bridge, and the machine is not made a router: the lab's networks lead nowhere. Networks that ask for
  // no range get one from the benchmarking block, where nothing else is.
  const args = [
    `--pidfile=${paths.pidFile}`,
    `--data-root=${paths.dataRoot}`,
    `--exec-root=${paths.run}/exec`,
    `--host=unix://${paths.socket}`,
    "--bridge=none",
    "--ip-forward=false",
    "--default-address-pool=base=198.19.0.0/16,size=24",
  ];
  const daemon = spawn("dockerd", args, {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...process.env, PATH: searchPath() },
  });
  let failure: Error | undefined;
  daemon.once("error", error => (failure = error));
  daemon.unref();
  await log.close();
  const tail = async (): Promise<string> => `The end of ${paths.log}:\n${await lastLines(paths.log, 15)}`;
  await waitFor({ what: "dockerd to answer", timeoutMs: START_MS, advice: tail }, async () => {
    if (await answers()) return true;
    if (failure !== undefined) throw new Error("dockerd could not be started", { cause: failure });
    if (daemon.exitCode !== null) {
      throw new Error(`dockerd ended with status ${daemon.exitCode}. ${await tail()}`);
    }
    return undefined;
  });
}

/** Stops the daemon that a lab started; does nothing to any other. */
export async function stopDaemon(report: Report): Promise<void> {
  const paths = enginePaths();
  const pid = await ownPid(paths.pidFile);
  if (pid === undefined) return;
  report("stopping the lab's container engine");
  process.kill(pid, "SIGTERM");
  await waitFor(
    {
      what: `dockerd (process ${pid}) to end`,
      timeoutMs: STOP_MS,
      advice: `See ${paths.log}; if it hangs, end it with: kill -9 ${pid}`,
    },
    () => Promise.resolve(isAlive(pid) ? undefined : true),
  );
  if ((await exists(ownChainsMark())) && !(await engineRuns())) await removeChains();
  await rm(paths.run, { recursive: true, force: true });
}

/**
 * Removes what a stopped engine leaves. dockerd mounts its data on itself; when one was killed the mount stays, and the
 * next one takes it for somebody else's.
 */
export async function removeData(): Promise<void> {
  const { directory, dataRoot } = enginePaths();
  const mounts = await readFile("/proc/self/mounts", "utf8");
  if (mounts.split("\n").some(line => line.split(" ")[1] === dataRoot))
    await execa("umount", ["--recursive", dataRoot], { env: { PATH: searchPath() }, timeout: 10_000 });
  await rm(directory, { recursive: true, force: true });
}

/** Whether an engine that a lab started has left data, running or not. */
export async function dataExists(): Promise<boolean> {
  return exists(enginePaths().dataRoot);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function ownChainsMark(): string {
  return `${enginePaths().run}/own-chains`;
}

/** The daemon's process. A pid file outlives its process, and the number may be another's by now. */
async function ownPid(pidFile: string): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(pidFile, "utf8").catch(() => ""), 10);
  if (!(pid > 1) || !isAlive(pid)) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return command.split("\0").includes(`--pidfile=${pidFile}`) ? pid : undefined;
}

/** The last lines of a file, for an error message. */
export async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "(there is none)");
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
