import { readFileSync } from "node:fs";
import * as path from "node:path";

/** How one part of a script imports another: `. shared/lib.sh`, `from shared.engine import ask`. */
const IMPORT = /^(?:\. shared\/([\w-]+\.sh)|from shared\.(\w+) import .*)\n/gm;
const DOCSTRING = /^ *"""[^]*?"""\n/gm;
const COMMENT = /^\s*(#.*)?\n/gm;
const INDENT = /^ +/gm;

const bundles = new Map<string, string>();

/**
 * Scripts as they are sent: one text, in which what they import stands before it, once. Comments, and most of the
 * indentation, stay behind, to keep the state small.
 *
 * @param files - Beside this file, in `scripts/`: `leave.py`, `shared/lib.sh`.
 */
export function bundle(...files: string[]): string {
  const key = files.join();
  const known = bundles.get(key);
  if (known !== undefined) return known;
  const texts = new Map<string, string>();
  const add = (file: string) => {
    if (texts.has(file)) return;
    // Its place is after what it imports.
    texts.set(file, "");
    const text = readFileSync(path.join(__dirname, "scripts", file), "utf8");
    for (const [, shell, python] of text.matchAll(IMPORT)) add(`shared/${shell ?? `${python ?? ""}.py`}`);
    texts.delete(file);
    texts.set(file, strip(text, file.endsWith(".py")));
  };
  files.forEach(add);
  const all = [...texts.values()].join("");
  bundles.set(key, all);
  return all;
}

function strip(text: string, isPython: boolean): string {
  return text
    .replaceAll(IMPORT, "")
    .replaceAll(isPython ? DOCSTRING : COMMENT, "")
    .replaceAll(COMMENT, "")
    .replaceAll(INDENT, indent => (isPython ? " ".repeat(indent.length / 4) : ""));
}
