import { execFileSync } from "node:child_process";

import { parse } from "yaml";

import { parseCloudInit, withExtra } from "../../components/nodes/cloud-init";
import { parseDaemon } from "../../components/nodes/daemon";
import { userData } from "../../components/nodes/user-data";
import { makeCluster } from "./cluster";

/** The text's parts; a fault fails the test. */
const sound = (text: string) =>
  parseCloudInit(text, (reason, below = "") => {
    throw new Error(`cloudInit${below} ${reason}`);
  });
const render = (text: string) =>
  userData({
    dockerVersion: "any",
    dockerMirror: "https://mirror.example",
    securityUpdates: "image",
    daemon: parseDaemon({}),
    cloudInit: sound(text),
    ports: { ssh: 22, listen: 2377, dataPath: 4789 },
    user: "root",
    hostPrivateKey: "PRIVATE",
    hostPublicKey: "ssh-ed25519 AAAA",
  });
interface CloudConfig extends Record<string, unknown> {
  bootcmd: unknown[];
  write_files: { path: string; permissions?: string | number; content: string }[];
  runcmd: string[][];
}
/** As cloud-init reads it. */
const read = (text: string) => parse(render(text), { version: "1.1" }) as CloudConfig;
const plain = read("");
const extraOf = ({ write_files }: CloudConfig) =>
  write_files.find(({ path }) => path === "/usr/local/sbin/digitalocean-swarm-extra");

test("nothing is added where nothing is said", () => {
  expect(Object.keys(plain).sort()).toEqual(["bootcmd", "runcmd", "ssh_keys", "ssh_pwauth", "write_files"]);
  expect(extraOf(plain)).toBeUndefined();
  expect(JSON.stringify(plain.runcmd)).not.toContain("EXTRA");
  expect(read("#cloud-config\n# Nothing yet.\n")).toEqual(plain);
});

test("files and early commands come after the program's own, other keys beside them", () => {
  const config = read(
    [
      "#cloud-config",
      "packages: [htop]",
      "users: [default, {name: me}]",
      "timezone: 'Europe/Berlin'",
      "bootcmd: [[sysctl, -w, a=1]]",
      "write_files:",
      "  - {path: /etc/a, permissions: 0640, content: 'no'}",
    ].join("\n"),
  );
  expect(config).toEqual({
    ...plain,
    packages: ["htop"],
    users: ["default", { name: "me" }],
    timezone: "Europe/Berlin",
    bootcmd: [...plain.bootcmd, ["sysctl", "-w", "a=1"]],
    write_files: [...plain.write_files, { path: "/etc/a", permissions: 0o640, content: "no" }],
  });
});

test("a key of the program's that is no list is never lost without a word", () => {
  expect(withExtra({ users: ["default"], a: 1 }, { users: ["me"], b: 2 })).toEqual({
    users: ["default", "me"],
    a: 1,
    b: 2,
  });
  expect(() => withExtra({ a: 1 }, { a: 2 })).toThrow("cloudInit.a is set by the program itself");
  expect(() => withExtra({ a: [1] }, { a: "x" })).toThrow("cloudInit.a is set by the program itself");
});

test("text that is something else to cloud-init's YAML stays text", () => {
  const words = [
    "yes",
    "off",
    "0644",
    "1:30",
    "1_000",
    "~",
    "2026-11-25",
    "=",
    "<<",
    "it's: #1",
    "\x7f\u0085",
  ];
  const config = read(`#cloud-config\nday: 2026-11-25\nwords: ${JSON.stringify(words)}\n`);
  expect(config).toMatchObject({ words, day: "2026-11-25" });
  // PyYAML refuses what YAML calls unprintable, even between quotes.
  expect(render('#cloud-config\nwords: ["\\x7f"]')).not.toContain("\x7f");
});

test("commands are one program of root's, which ends with the first that fails, as words and as lines", () => {
  const config = read(
    `#cloud-config\nruncmd:\n  - echo one "two three"\n  - [printf, '%s\\n', it's, 4]\n  - null\n  - |\n    if false; then exit 9; fi\n    echo last\n`,
  );
  expect(extraOf(config)?.permissions).toBe("0700");
  const script = extraOf(config)?.content ?? "";
  const run = (text: string) => execFileSync("sh", ["-c", text], { encoding: "utf8" });
  expect(script.split("\n")[0]).toBe("#!/bin/sh -e");
  expect(run(script)).toBe("one two three\nit's\n4\nlast\n");
  expect(config.runcmd).toHaveLength(1);
  expect(config.runcmd[0]).toContain("EXTRA=/usr/local/sbin/digitalocean-swarm-extra");
  expect(config.runcmd[0]?.at(-1)).toBe("/usr/local/sbin/digitalocean-swarm-prepare");
});

test("a script is that program as it is, with the line ends that a host takes", () => {
  const config = read("#!/usr/bin/env python3\r\nprint('x')\r\n");
  expect(extraOf(config)?.content).toBe("#!/usr/bin/env python3\nprint('x')\n");
});

test("as large as it may be, it fits into the user data", () => {
  const text = `#!/bin/sh\n${"# x\n".repeat(8180)}`;
  expect(Buffer.byteLength(render(text))).toBeLessThan(62 * 1024);
});

test("no fault quotes it: it may be secret", () => {
  const reasons: string[] = [];
  for (const text of [
    "#cloud-config\npassword: 'SECRET\n",
    "SECRET",
    "#cloud-config\nSECRET",
    "#cloud-config\nruncmd: SECRET\n",
    "#cloud-config\nruncmd: [{SECRET: 1}]\n",
    "#cloud-config\nwrite_files: [{path: /a, content: !!binary SECRET}]\n",
    `#!/bin/sh\n${"SECRET\n".repeat(9000)}`,
  ])
    parseCloudInit(text, reason => void reasons.push(reason));
  expect(reasons).toHaveLength(7);
  expect(reasons.join("\n")).not.toContain("SECRET");
});

test("it reaches new droplets in their user data, which is secret", async () => {
  const world = await makeCluster({ cloudInit: "#!/bin/sh\necho extra\n" });
  expect(world.get("demo-web-0").inputs.userData).toContain("echo extra");
  expect(world.get("demo-web-0").secrets).toContain("userData");
});
