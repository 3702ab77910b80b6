import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { bundle } from "../../components/swarm/bundle";

const SCRIPTS = path.join(__dirname, "../../components/swarm/scripts");
const files = readdirSync(SCRIPTS, { recursive: true, encoding: "utf8" }).filter(file =>
  file.endsWith(".py"),
);
const scripts = files.filter(file => !file.includes("/"));

/** Runs a program with a text as its stdin. */
function python(program: string, input: string): string {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}
/** No newer syntax than that of Debian 11's Python; fails where there is one. */
const PARSE = "import ast, sys; tree = ast.parse(sys.stdin.read(), feature_version=(3, 9))";

test("there are some", () => {
  expect(files.length).toBeGreaterThan(10);
  expect(scripts).toContain("leave.py");
});

test.each(files)("%s has no newer syntax than Python 3.9, and no long line", file => {
  const text = readFileSync(path.join(SCRIPTS, file), "utf8");
  python(`${PARSE}; compile(tree, "text", "exec")`, text);
  expect(text.split("\n").filter(line => line.length > 110)).toEqual([]);
});

describe.each(scripts)("what is sent of %s", script => {
  const text = bundle(script);

  test("is the same program, without comments and docstrings", () => {
    // What is imported stands in place of its import.
    const program = `${PARSE}
for node in ast.walk(tree):
    if isinstance(getattr(node, "body", None), list):
        node.body = [
            one for one in node.body
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            and not (isinstance(one, ast.ImportFrom) and one.module.startswith("shared."))
        ]
print("\\n".join(ast.dump(node)[:20000] for node in tree.body))`;
    const parts = (one: string) => python(program, one).split("\n").sort();
    const sources = [script, ...bundled(script)].map(file => readFileSync(path.join(SCRIPTS, file), "utf8"));
    const [sent, whole] = [parts(text), parts(sources.join("\n"))];
    expect(sent.filter((part, i) => part !== whole[i])).toEqual([]);
    expect(sent).toHaveLength(whole.length);
    expect(text).not.toMatch(/^\s*#|"""/m);
  });

  test("has no name twice", () => {
    const program = `${PARSE}; print(*(node.name for node in tree.body if hasattr(node, "name")))`;
    const names = python(program, text).trim().split(" ");
    expect(names).toEqual([...new Set(names)]);
  });
});

/** A script's own imports, and theirs. */
function bundled(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(path.join(SCRIPTS, file), "utf8");
  for (const [, name = ""] of text.matchAll(/^from shared\.(\w+) import/gm)) {
    const imported = `shared/${name}.py`;
    if (!seen.has(imported)) bundled(imported, seen.add(imported));
  }
  return seen;
}

const pyflakes = spawnSync("python3", ["-m", "pyflakes", "--version"]).status === 0;
(pyflakes ? test : test.skip)("pyflakes finds nothing", () => {
  const { status, stdout } = spawnSync("python3", ["-m", "pyflakes", ...files], {
    cwd: SCRIPTS,
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
