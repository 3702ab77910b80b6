/** The process that serves a lab's API, apart from the command that started it. */
import { spawn } from "node:child_process";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { lastLines } from "./engine/daemon";
import { labDirectory } from "./engine/paths";
import { isAlive, waitFor } from "./engine/wait";
import type { LabSettings } from "./settings";

/** The image may have to be built first. */
const START_MS = 10 * 60_000;
const STOP_MS = 60_000;

/** Where a lab's server logs to. */
export const serverLog = (name: string): string => path.join(labDirectory(name), "server.log");

/** Where the API answers. */
export const endpointOf = (settings: LabSettings): string => `http://127.0.0.1:${settings.port}`;

/**
 * Whether a lab's API answers.
 * @throws If another lab's does, at the same port: one of another home, say.
 */
export async function answers(settings: LabSettings): Promise<boolean> {
  let range: string;
  try {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(`${endpointOf(settings)}/lab/status`, { signal });
    if (!response.ok) return false;
    range = ((await response.json()) as { public_range: string }).public_range;
  } catch {
    return false;
  }
  if (range === settings.publicRange) return true;
  throw new Error(
    `another lab (${range}) answers at ${endpointOf(settings)}: choose a port with --port, after taking ` +
      `"${settings.name}" down`,
  );
}

/**
 * Starts the server and waits until it answers.
 * @param report - Gets what the server says of its steps, such as the image's build.
 * @throws If it ends or does not answer in time, with the end of its log.
 */
export async function startServer(settings: LabSettings, report: (line: string) => void): Promise<void> {
  const file = serverLog(settings.name);
  const log = await open(file, "w", 0o600);
  const server = spawn(
    process.execPath,
    ["--require", "ts-node/register/transpile-only", path.join(__dirname, "serve.ts"), settings.name],
    { cwd: path.resolve(__dirname, ".."), detached: true, stdio: ["ignore", log.fd, log.fd] },
  );
  server.unref();
  await log.close();
  await writeFile(pidFile(settings.name), String(server.pid ?? ""), { mode: 0o600 });
  let reported = 0;
  await waitFor(
    {
      what: `the lab's API to answer at ${endpointOf(settings)}`,
      timeoutMs: START_MS,
      advice: async () => `The end of ${file}:\n${await lastLines(file, 15)}`,
    },
    async () => {
      const lines = (await readFile(file, "utf8")).split("\n").slice(0, -1);
      for (const line of lines.slice(reported)) report(line.replace(/^\S+ /, ""));
      reported = lines.length;
      if (server.exitCode !== null) throw new Error(`the lab's server ended.\n${await lastLines(file, 15)}`);
      return (await answers(settings)) ? true : undefined;
    },
  );
}

/** Ends a lab's server, if it runs. */
export async function stopServer(name: string): Promise<void> {
  const pid = Number(await readFile(pidFile(name), "utf8").catch(() => ""));
  // The number may be another process's by now. The server may be another checkout's: it goes with the lab all the same.
  const command = pid > 1 ? await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") : "";
  const words = command.split("\0");
  if (words.some(word => word.endsWith("/lab/serve.ts")) && words.includes(name)) {
    process.kill(pid, "SIGTERM");
    await waitFor(
      {
        what: `the lab's server (process ${pid}) to end`,
        timeoutMs: STOP_MS,
        advice: `End it with: kill -9 ${pid}`,
      },
      () => Promise.resolve(isAlive(pid) ? undefined : true),
    );
  }
  await rm(pidFile(name), { force: true });
}

function pidFile(name: string): string {
  return path.join(labDirectory(name), "server.pid");
}
