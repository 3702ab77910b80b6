import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/** Runs a script whose reader is gone before it writes. */
async function unread(script: string): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", chunk => (stderr += String(chunk)));
  child.stdin.end("go\n");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

const WRITE =
  'process.stdin.once("data", () => { process.stdout.write("one\\n"); setTimeout(() => { process.stdout.write("two\\n"); process.exitCode = 3; }, 50); });';

test("without it, a reader that goes early is a stack trace", async () => {
  expect((await unread(WRITE)).stderr).toContain("EPIPE");
});

test("with it, the program goes on to its end, with its own status", async () => {
  expect(await unread(`require("./broken-pipe"); ${WRITE}`)).toEqual({ code: 3, stderr: "" });
});

test("other errors of the output stay errors", async () => {
  const script = 'require("./broken-pipe"); process.stdout.emit("error", new Error("disk full"));';
  expect((await unread(script)).stderr).toContain("disk full");
});

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const clis = Object.values(scripts).flatMap(line => /\bts-node\b.*?(\S+\.ts)$/.exec(line)?.[1] ?? []);

test("there are command lines to look at", () => {
  expect(clis.length).toBeGreaterThanOrEqual(6);
});

test.each(clis)("%s imports it before all else", file => {
  const [first] = /^import .*$/m.exec(readFileSync(path.join(ROOT, file), "utf8")) ?? [];
  expect(first).toMatch(/^import "(\.\.\/)+broken-pipe";$/);
});
