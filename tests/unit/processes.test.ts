import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { childrenOf, end, processesIn } from "../../drivers/processes";

test("a process is found by its name and directory, below a wrapper too, and ended, once or twice", async () => {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), "processes-")));
  const elsewhereDir = realpathSync(tmpdir());
  const wrapped = (cwd: string) => {
    const shell = spawn("sh", ["-c", "sleep 600 & echo begun; wait $!"], { cwd });
    return { shell, begun: once(shell.stdout, "data"), ended: once(shell, "exit") };
  };
  const [here, elsewhere] = [wrapped(dir), wrapped(elsewhereDir)];
  try {
    await Promise.all([here.begun, elsewhere.begun]);
    const found = processesIn(dir, "sleep");
    expect(found).toEqual(childrenOf(here.shell.pid ?? 0));
    expect(processesIn(dir, "slee")).toEqual([]);
    found.forEach(end);
    expect(await here.ended).toEqual([137, null]);
    found.forEach(end);
    expect(processesIn(dir, "sleep")).toEqual([]);
    expect(elsewhere.shell.exitCode).toBeNull();
  } finally {
    for (const place of [dir, elsewhereDir]) processesIn(place, "sleep").forEach(end);
    rmSync(dir, { recursive: true });
  }
});
