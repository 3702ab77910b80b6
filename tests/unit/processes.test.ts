import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { childrenIn, end } from "../../drivers/processes";

test("a child is found by its directory, and ended, once or twice", async () => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), "processes-")));
  const sleep = (cwd: string) => spawn("sleep", ["600"], { cwd });
  const [here, elsewhere] = [sleep(dir), sleep(tmpdir())];
  try {
    await Promise.all([once(here, "spawn"), once(elsewhere, "spawn")]);
    const found = childrenIn(dir);
    expect(found).toEqual([here.pid]);
    const ended = once(here, "exit");
    found.forEach(end);
    expect(await ended).toEqual([null, "SIGKILL"]);
    found.forEach(end);
    expect(childrenIn(dir)).toEqual([]);
    expect(elsewhere.exitCode).toBeNull();
  } finally {
    [here, elsewhere].forEach(child => child.kill("SIGKILL"));
    rmSync(dir, { recursive: true });
  }
});
