import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { stopServer } from "../../lab/server-process";

const home = mkdtempSync(path.join(tmpdir(), "lab-home-"));
const before = process.env.SWARM_LAB_HOME;
beforeAll(() => void (process.env.SWARM_LAB_HOME = home));
afterAll(() => {
  if (before === undefined) delete process.env.SWARM_LAB_HOME;
  else process.env.SWARM_LAB_HOME = before;
  rmSync(home, { recursive: true });
});

/** A process that sleeps, with such words behind its program. */
function sleeper(...words: string[]) {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", ...words], { stdio: "ignore" });
  mkdirSync(path.join(home, "mine"), { recursive: true });
  writeFileSync(path.join(home, "mine", "server.pid"), String(child.pid));
  return child;
}

test("a lab's server ends with it, whichever checkout started it", async () => {
  const child = sleeper("/elsewhere/lab/serve.ts", "mine");
  const ended = once(child, "exit");
  await stopServer("mine");
  expect(await ended).toEqual([null, "SIGTERM"]);
});

test.each([
  ["/elsewhere/lab/serve.ts", "theirs"],
  ["/elsewhere/other.ts", "mine"],
])("a process that has the number by now goes on: %s %s", async (...words) => {
  const child = sleeper(...words);
  await stopServer("mine");
  expect(child.exitCode ?? child.signalCode).toBeNull();
  const ended = once(child, "exit");
  child.kill();
  await ended;
});
