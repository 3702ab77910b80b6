/** `npm run build` compiles the component into `dist/`, with the scripts that it sends to nodes beside what reads them. */
import "../broken-pipe";

import { cpSync, readdirSync, rmSync } from "node:fs";
import * as path from "node:path";

import execa from "execa";

const ROOT = path.resolve(__dirname, "..");
const [SOURCE, DIST] = [path.join(ROOT, "components"), path.join(ROOT, "dist")];

rmSync(DIST, { recursive: true, force: true });
execa.sync(process.execPath, [require.resolve("typescript/bin/tsc"), "--project", "tsconfig.build.json"], {
  cwd: ROOT,
  stdio: "inherit",
});
for (const folder of readdirSync(SOURCE, { recursive: true, encoding: "utf8" }))
  if (path.basename(folder) === "scripts")
    cpSync(path.join(SOURCE, folder), path.join(DIST, folder), {
      recursive: true,
      // What Python leaves behind where its files were tested.
      filter: file => path.basename(file) !== "__pycache__",
    });
