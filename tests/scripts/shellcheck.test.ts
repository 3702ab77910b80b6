import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../..");
const scripts = ["components/swarm/scripts", "components/nodes/scripts", "tests/scripts/fakes"].flatMap(
  directory =>
    readdirSync(path.join(ROOT, directory))
      .filter(file => file.endsWith(".sh"))
      .map(file => path.join(directory, file)),
);
const available = spawnSync("shellcheck", ["--version"]).status === 0;

(available ? describe : describe.skip)("shellcheck", () => {
  test.each(scripts)("%s", script => {
    const { status, stdout } = spawnSync("shellcheck", ["--external-sources", script], {
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
