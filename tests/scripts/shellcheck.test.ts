import { spawnSync } from "node:child_process";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../..");
const scripts = spawnSync("git", ["ls-files", "components/**.sh", "tests/scripts/fakes/**.sh"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .stdout.split("\n")
  .filter(Boolean);
const available = spawnSync("shellcheck", ["--version"]).status === 0;

(available ? describe : describe.skip)("shellcheck", () => {
  test.each(scripts)("%s", script => {
    const { status, stdout } = spawnSync("shellcheck", ["--severity=style", script], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(stdout).toBe("");
    expect(status).toBe(0);
  });
});

test.each(scripts)("%s is valid bash", script => {
  expect(spawnSync("bash", ["-n", path.join(ROOT, script)], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});
