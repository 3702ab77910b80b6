import { readFileSync } from "node:fs";
import * as path from "node:path";

import { reference } from "../../tools/describe-types";

/** As the docstrings are now. */
let page = "";
beforeAll(() => {
  page = reference();
});

test("docs/reference.md is what the docstrings say: `npm run reference` makes it anew", () => {
  expect(readFileSync(path.join(__dirname, "../../docs/reference.md"), "utf8")).toBe(page);
});

test("it has every argument and output, with a sentence", () => {
  const entries = page.split("\n").filter(line => line.startsWith("- **`"));
  for (const name of [
    "region",
    "sshFrom",
    "revision",
    "generation",
    "proxy",
    "vpcRange",
    "nodeId",
    "lifetime",
  ])
    expect(entries.filter(line => line.startsWith(`- **\`${name}\`**`)).length).toBeGreaterThan(0);
  expect(entries.filter(line => !/^- \*\*`\w+`\*\* \(`.*\): \S/.test(line))).toEqual([]);
});

test("its links lead to its own headings", () => {
  const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, name = ""]) => name.toLowerCase());
  const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, name = ""]) => name);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter(name => !headings.includes(name))).toEqual([]);
  expect(new Set(headings).size).toBe(headings.length);
});

test("choices and defaults are spelt out, and what is an Output is named", () => {
  expect(page).toContain(
    '- **`availability`** (`Input<"active" | "pause" | "drain">`, default `"active"`): ',
  );
  expect(page).toContain("- **`sshFrom`** (`Input<string[]>`): CIDR ranges");
  expect(page).toContain("It has what [PoolOptions](#pooloptions) has, and:");
});
