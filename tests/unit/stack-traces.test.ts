import * as path from "node:path";

import execa from "execa";

/** Runs a line in a process like Pulumi's, in which ts-node is registered before the program. */
async function stackIn(line: string, env: Record<string, string> = {}): Promise<string> {
  const program = `require("./stack-traces"); ${line}`;
  const { stdout } = await execa(
    process.execPath,
    ["--require", "ts-node/register/transpile-only", "--eval", program],
    {
      cwd: path.resolve(__dirname, "..", ".."),
      env,
    },
  );
  return stdout;
}

test("what Pulumi's SDK notes for every promise has no trace, unless promises are looked for", async () => {
  expect(await stackIn("console.log(new Error().stack)")).toBe("Error");
  const debug = { PULUMI_DEBUG_PROMISE_LEAKS: "true" };
  expect(await stackIn("console.log(new Error().stack)", debug)).toContain("\n    at ");
});

test("an error that says something has its trace", async () => {
  expect(await stackIn("try { undefined.x } catch (error) { console.log(error.stack) }")).toContain(
    "\n    at ",
  );
});

test("a resource's position in the source is found", async () => {
  const line =
    'console.log(require("@pulumi/pulumi").Resource.callsites().some(({ file = "" }) => file.includes("resource")))';
  expect(await stackIn(line)).toBe("true");
});
