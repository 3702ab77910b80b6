import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

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
