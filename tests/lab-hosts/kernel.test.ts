/** Kernel settings, on files in their place. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { FORWARDING, INOTIFY, raise, restoreKernel } from "../../lab/engine/kernel";

const before = process.env.SWARM_LAB_HOME;
let home: string;
let root: string;
const file = () => path.join(root, "fs/inotify/max_user_instances");
const read = () => readFileSync(file(), "utf8");
beforeEach(() => {
  home = process.env.SWARM_LAB_HOME = mkdtempSync(path.join(tmpdir(), "lab-home-"));
  root = path.join(home, "sys");
  mkdirSync(path.join(root, "fs/inotify"), { recursive: true });
  mkdirSync(path.join(root, "net/ipv4"), { recursive: true });
  writeFileSync(file(), "128\n");
  writeFileSync(path.join(root, "net/ipv4/ip_forward"), "0\n");
});
afterEach(() => rmSync(home, { recursive: true }));
afterAll(() => {
  if (before === undefined) delete process.env.SWARM_LAB_HOME;
  else process.env.SWARM_LAB_HOME = before;
});

test("one that is too low is raised, once, and taken back with the last lab", async () => {
  const said: string[] = [];
  const report = (line: string) => void said.push(line);
  await raise(INOTIFY, report, root);
  await raise(INOTIFY, report, root);
  expect([read(), said]).toEqual(["1024", [expect.stringContaining("max_user_instances from 128 to 1024")]]);
  await restoreKernel(report, root);
  expect(read()).toBe("128");
  await restoreKernel(report, root);
  expect(said).toHaveLength(2);
});

test("one that is high enough, or that somebody changed since, is left alone", async () => {
  writeFileSync(file(), "4096\n");
  await raise(INOTIFY, () => undefined, root);
  expect(read()).toBe("4096\n");
  writeFileSync(file(), "100\n");
  await raise(INOTIFY, () => undefined, root);
  writeFileSync(file(), "8192\n");
  await restoreKernel(() => undefined, root);
  expect(read()).toBe("8192\n");
});

test("routing is one of them", async () => {
  await raise(FORWARDING, () => undefined, root);
  expect(readFileSync(path.join(root, "net/ipv4/ip_forward"), "utf8")).toBe("1");
  await restoreKernel(() => undefined, root);
  expect(readFileSync(path.join(root, "net/ipv4/ip_forward"), "utf8")).toBe("0");
});

test("where this user may not, the error says what to set", async () => {
  // A file that not even root may write.
  const wanted = { name: "version", least: 1, why: "tests need it" };
  await expect(raise(wanted, () => undefined, "/proc")).rejects.toThrow(
    /^version is Linux .*: tests need it\. Run as root, or set it with: sysctl -w version=1$/s,
  );
});
