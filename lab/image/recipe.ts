/** What a build's result depends on, as a short hash. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";

/**
 * Hash of all files that a build is made of: whoever changes one gets a new result. The TypeScript beside them is left
 * out.
 */
export async function recipeHash(...directories: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries
      .filter(entry => entry.isFile() && !entry.name.endsWith(".ts"))
      .map(entry => path.join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) {
      const content = await readFile(file);
      hash.update(`${file.slice(directory.length)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex").slice(0, 12);
}
