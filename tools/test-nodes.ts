/**
 * `npm run test:nodes` runs the tests of the component's graph with newer versions of Node.js, each with the newest SDK of
 * Pulumi that was there when it was pinned here. Both come as npm packages into `.nodes/`; on machines for which there
 * are none it says so.
 */
import "../broken-pipe";

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import execa from "execa";

const ROOT = path.resolve(__dirname, "..");
/** What is installed here is the last SDK that runs on Node.js 20. */
const NEWER = [
  { node: "22.23.3", sdk: "3.270.0" },
  { node: "24.21.0", sdk: "3.270.0" },
];
/** What makes a graph and looks at it. */
const TESTS = [
  "graph",
  "connections",
  "inputs",
  "keys",
  "network",
  "order",
  "outputs",
  "reconcile",
  "rotation",
  "swarm-alone",
  "two-clusters",
  "when-commands-run",
].map(name => `tests/unit/${name}.test.ts`);
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  if (!["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"].includes(platform)) {
    say(`There is no npm package of Node.js for ${platform}: nothing was tested.`);
    return;
  }
  for (const { node, sdk } of NEWER) {
    const dir = path.join(ROOT, ".nodes", `${node}-${sdk}`);
    await install(dir, { [`node-${platform}`]: node, "@pulumi/pulumi": sdk });
    const binary = path.join(dir, "node_modules", `node-${platform}`, "bin/node");
    const { stdout: version } = await execa(binary, ["--version"]);
    say(`Node.js ${version}, @pulumi/pulumi ${sdk}`);
    await execa(binary, [require.resolve("jest/bin/jest"), ...TESTS], {
      cwd: ROOT,
      env: { PULUMI_SDK: path.join(dir, "node_modules/@pulumi/pulumi") },
      stdio: "inherit",
    });
  }
}

async function install(dir: string, dependencies: Readonly<Record<string, string>>): Promise<void> {
  const done = path.join(dir, "done");
  if (existsSync(done)) return;
  mkdirSync(dir, { recursive: true });
  writeFileSync(path.join(dir, "package.json"), JSON.stringify({ private: true, dependencies }));
  // The SDK is for the newer Node.js, not for the one that npm runs on.
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await execa("npm", ["install", ...flags], { cwd: dir, stdio: "inherit" });
  writeFileSync(done, "");
}

main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
