import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const SCRIPTS = "components/swarm/scripts";
const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" });

let clone: string;
beforeAll(() => {
  clone = mkdtempSync(path.join(tmpdir(), "clone-"));
  // As Git for Windows is set up by its installer.
  git("clone", "--quiet", "--config", "core.autocrlf=true", "--config", "core.eol=crlf", ROOT, clone);
});
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

test("every text is checked out as it was committed, wherever it is", () => {
  const ends = git("-C", clone, "ls-files", "--eol", "-z")
    .split("\0")
    .filter(line => line !== "" && !line.startsWith("i/-text"));
  expect(ends.length).toBeGreaterThan(200);
  expect(ends.filter(line => !/^i\/(lf|none) +w\/(lf|none) /.test(line))).toEqual([]);
});

test("a script that nodes are sent runs", () => {
  const scripts = readdirSync(path.join(clone, SCRIPTS), { recursive: true, encoding: "utf8" }).filter(file =>
    file.includes("."),
  );
  expect(scripts).toEqual(expect.arrayContaining(["bootstrap.sh", "leave.py", "shared/lib.sh"]));
  for (const name of scripts) expect([name, read(name).includes("\r")]).toEqual([name, false]);
  const run = execFileSync("bash", [], { input: `${read("shared/lib.sh")}NODE=here\nsay fine 2>&1\n` });
  expect(run.toString()).toBe("here: fine\n");
});

function read(script: string): string {
  return readFileSync(path.join(clone, SCRIPTS, script), "utf8");
}
