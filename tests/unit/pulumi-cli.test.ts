import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { version } from "@pulumi/pulumi/version";

import { findPulumiCli } from "../../demo/pulumi-cli";

const before = { PATH: process.env.PATH };
let home = "";
let said: string[] = [];
const say = (text: string) => void said.push(text);
const root = () => path.join(home, ".pulumi/versions", version);

/** An executable that does what the lines of shell say. */
async function executable(file: string, lines: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
}

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "home-"));
  said = [];
  // What the fakes themselves need, without any `pulumi` that this machine may have.
  process.env.PATH = path.join(home, "bin");
});
afterEach(async () => {
  Object.assign(process.env, before);
  await rm(home, { recursive: true, force: true });
});

test("a CLI on PATH is taken, and nothing is fetched", async () => {
  await executable(path.join(home, "bin/pulumi"), "echo v3.248.0");
  expect(await findPulumiCli({ home, say, command: ["/bin/false"] })).toBeUndefined();
  expect([said, process.env.PATH]).toEqual([[], path.join(home, "bin")]);
});

test("else one that was fetched before", async () => {
  await executable(path.join(root(), "bin/pulumi"), "echo v3.248.0");
  expect(await findPulumiCli({ home, say, command: ["/bin/false"] })).toBeUndefined();
  expect([said, process.env.PATH]).toEqual([[], `${root()}/bin:${home}/bin`]);
});

test("else one is fetched, which this process then finds", async () => {
  const fetching = path.join(home, "fetch");
  await executable(
    fetching,
    `/bin/mkdir -p ${root()}/bin; echo '#!/bin/sh' > ${root()}/bin/pulumi; /bin/chmod +x ${root()}/bin/pulumi`,
  );
  expect(await findPulumiCli({ home, say, command: [fetching] })).toBeUndefined();
  expect(said).toEqual(["fetching the Pulumi CLI, for 20 s at most"]);
  expect(process.env.PATH).toBe(`${root()}/bin:${home}/bin`);
});

test("where it cannot be fetched the reason is given", async () => {
  const fetching = path.join(home, "fetch");
  await executable(fetching, "echo trying >&2; echo 'no such host' >&2; exit 1");
  expect(await findPulumiCli({ home, say, command: [fetching] })).toBe("no such host");
  expect(process.env.PATH).toBe(`${home}/bin`);
});

test("one that does not run is no CLI, and is not left behind", async () => {
  const fetching = path.join(home, "fetch");
  await executable(fetching, `/bin/mkdir -p ${root()}/bin; echo broken > ${root()}/bin/pulumi`);
  expect(await findPulumiCli({ home, say, command: [fetching] })).toBe(`${root()}/bin/pulumi does not run`);
  expect(existsSync(root())).toBe(false);
});

test("what takes too long is ended, with all that it has started", async () => {
  const fetching = path.join(home, "fetch");
  const pids = path.join(home, "pids");
  await executable(fetching, `/bin/sleep 1000 & echo $! $$ > ${pids}; /bin/mkdir -p ${root()}; wait`);
  expect(await findPulumiCli({ home, say, command: [fetching], seconds: 1 })).toBe("it took longer than 1 s");
  expect(existsSync(root())).toBe(false);
  for (const pid of (await readFile(pids, "utf8")).trim().split(" "))
    await until(() => !isRunning(Number(pid)));
});

/** A process that has ended may be there as a zombie until somebody takes note. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
}
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 20));
}
