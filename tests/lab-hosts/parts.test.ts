import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { removeData } from "../../lab/engine/daemon";
import { enginePaths, labDirectory } from "../../lab/engine/paths";
import { missing, requireLinux } from "../../lab/engine/prerequisites";
import { waitFor } from "../../lab/engine/wait";
import { renderSeed } from "../../lab/hosts/cloud-init-seed";
import { kindOf } from "../../lab/image/kinds";
import { chooseMirror } from "../../lab/image/mirror";

test("the seed carries keys as metadata, and user data as it came", () => {
  const userData = "#cloud-config\nusers: []\n";
  const seed = renderSeed({ id: 7, hostname: "a", userData, sshKeys: ["ssh-ed25519 AAAA x"] });
  expect(seed["user-data"]).toBe(userData);
  expect(JSON.parse(seed["meta-data"])).toEqual({
    "instance-id": "7",
    "local-hostname": "a",
    "public-keys": ["ssh-ed25519 AAAA x"],
  });
  expect(seed["vendor-data"]).toMatch(/^#cloud-config\n/);
});

test("the mirror is the main archive, known by its label, or by its address before the first update", () => {
  const security = "http://a.example/debian-security/ Debian Debian-Security";
  expect(chooseMirror(`${security}\nhttp://a.example/debian/ Debian Debian`)).toBe("http://a.example/debian");
  expect(chooseMirror(`http://a.example/debian-security/\nhttp://a.example/debian/`)).toBe(
    "http://a.example/debian",
  );
  expect(chooseMirror("http://archive.ubuntu.com/ubuntu/ Ubuntu Ubuntu")).toBeUndefined();
  expect(chooseMirror("")).toBeUndefined();
});

test("Debian's images are stock, Ubuntu's have an engine, and a snapshot the one of its name", () => {
  const shape = (image: string) => `${kindOf(image).release} ${kindOf(image).engine}`;
  expect(shape("debian-12-x64")).toBe("bookworm none");
  expect(shape("debian-13-x64")).toBe("trixie none");
  expect(shape("ubuntu-24-04-x64")).toBe("trixie distribution");
  expect(shape("lab-docker-20-10")).toBe("bookworm distribution");
  expect(shape("lab-docker-28-5")).toBe("trixie 28.5");
  expect(kindOf("ubuntu-24-04-x64").takesOwnEngine).toBe(true);
  expect(kindOf("lab-docker-26-1").takesOwnEngine).toBe(false);
});

test("elsewhere than on Linux the error says what to do instead", () => {
  expect(() => requireLinux("darwin")).toThrow(/darwin.*VM.*pulumi up/);
});

test("what is missing is found by command, or by path", async () => {
  const need = (command: string) => ({ command, package: "p", why: "w" });
  const absent = await missing([
    need("sh"),
    need("no-such-command"),
    need("/etc/passwd"),
    need("/no/such/file"),
  ]);
  expect(absent.map(({ command }) => command)).toEqual(["no-such-command", "/no/such/file"]);
});

test.each(["_engine", "A", "../x", "-a", "a-", ""])("%j is no name for a lab", name => {
  expect(() => labDirectory(name)).toThrow("is no name for a lab");
});

// Mounting takes root, as the lab does.
(process.getuid?.() === 0 ? test : test.skip)(
  "the data of an engine that was killed is removed, though it is still mounted",
  async () => {
    const before = process.env.SWARM_LAB_HOME;
    const home = mkdtempSync(path.join(tmpdir(), "lab-home-"));
    process.env.SWARM_LAB_HOME = home;
    try {
      const { directory, dataRoot } = enginePaths();
      mkdirSync(path.join(dataRoot, "overlay2"), { recursive: true });
      await execa("mount", ["--bind", dataRoot, dataRoot]);
      await removeData();
      expect(existsSync(directory)).toBe(false);
      await removeData();
    } finally {
      if (before === undefined) delete process.env.SWARM_LAB_HOME;
      else process.env.SWARM_LAB_HOME = before;
      rmSync(home, { recursive: true });
    }
  },
);

test("a wait ends, and says what it waited for and what to do", async () => {
  const wait = waitFor({ what: "rain", timeoutMs: 20, intervalMs: 5, advice: "Dance." }, () =>
    Promise.resolve(undefined),
  );
  await expect(wait).rejects.toThrow("waited 0.02 s for rain. Dance.");
});
