import { mkdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";
import ts from "typescript";

import type { Graph } from "./run-graph";

const ROOT = path.resolve(__dirname, "../..");

/** The package as npm makes it. */
export interface Packed {
  /** Path of the tarball. */
  readonly file: string;
  /** What npm calls the package's size: bytes of the tarball. */
  readonly size: number;
  /** Paths in the package, sorted. */
  readonly files: readonly string[];
}

/** Makes the package from what is in the repository now, as for a release. */
export async function pack(into: string): Promise<Packed> {
  const { stdout } = await execa(
    "npm",
    ["pack", "--ignore-scripts=false", "--json", "--pack-destination", into],
    { cwd: ROOT },
  );
  const [made] = JSON.parse(stdout) as [{ filename: string; size: number; files: { path: string }[] }];
  const files = made.files.map(file => file.path).sort();
  return { file: path.join(into, made.filename), size: made.size, files };
}

/**
 * Installs the package and what it needs into a folder, as a user does.
 * @param manifest - The folder's `package.json`, which gets the package as a dependency.
 */
export async function install({ file }: Pick<Packed, "file">, into: string, manifest: object): Promise<void> {
  await mkdir(into, { recursive: true });
  await writeFile(path.join(into, "package.json"), JSON.stringify(manifest));
  // What was fetched for the project itself is not fetched again.
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  await execa("npm", ["install", ...flags, file], { cwd: into });
}

/**
 * Runs a program under mocks in a folder where the package is installed. What runs it is compiled into that folder, so
 * that it has the same SDK.
 * @param config - The stack's configuration, with keys such as `digitalocean-swarm:region`.
 */
export async function runGraph(
  into: string,
  program: string,
  config: Readonly<Record<string, string>> = {},
): Promise<Graph> {
  for (const file of ["package/run-graph", "unit/mock-cloud", "unit/unwrap"]) {
    const source = await readFile(path.join(ROOT, "tests", `${file}.ts`), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022 },
    });
    await mkdir(path.join(into, path.dirname(file)), { recursive: true });
    await writeFile(path.join(into, `${file}.js`), outputText);
  }
  const { stdout } = await execa("node", ["package/run-graph.js", program], {
    cwd: into,
    env: { PULUMI_CONFIG: JSON.stringify(config) },
  });
  return JSON.parse(stdout) as Graph;
}
