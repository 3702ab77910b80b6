/** Volumes as real loop devices of this machine, without droplets. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { endLoopsBelow, loops } from "../../lab/engine/loop";
import { Volumes } from "../../lab/hosts/volumes";

const temporary = mkdtempSync(path.join(tmpdir(), "volumes-"));
afterAll(async () => {
  await endLoopsBelow(temporary);
  rmSync(temporary, { recursive: true, force: true });
});

const root = process.getuid?.() === 0;
const missing = [
  ...(root ? [] : ["root"]),
  ...(existsSync("/dev/loop-control") ? [] : ["loop devices"]),
  ...(execa.sync("sh", ["-c", "PATH=$PATH:/sbin:/usr/sbin; command -v mkfs.ext4 losetup"], { reject: false })
    .exitCode === 0
    ? []
    : ["mkfs.ext4 and losetup"]),
];
const real = missing.length === 0 ? test : test.skip;
const needs = missing.length === 0 ? "" : ` (this machine lacks ${missing.join(", ")})`;

const GIB = 2 ** 30;
let lab: string;
let volumes: Volumes;
beforeEach(() => {
  lab = mkdtempSync(path.join(temporary, "lab-"));
  volumes = new Volumes(lab);
});
const droplet = (name: string): string => {
  const directory = path.join(lab, name);
  mkdirSync(directory, { recursive: true });
  return directory;
};
const fileOf = (id: string) => path.join(lab, "volumes", `${id}.img`);
const loopOf = async (id: string) => (await loops()).find(loop => loop.file === fileOf(id) && !loop.ending);
const quiet = () => undefined;
/** Runs a script with the volume mounted at $1, in a mount namespace of its own. */
const mounted = (minor: number, script: string) => {
  const where = mkdtempSync(path.join(temporary, "mount-"));
  const text = `mount /dev/loop${minor} "$1" && ${script} && umount "$1"`;
  return execa("unshare", ["--mount", "sh", "-c", text, "sh", where]);
};

real(
  `a file system, its label, and what is written outlive the device that they were on${needs}`,
  async () => {
    await volumes.create({ id: "a", size: 1, filesystem: "ext4", label: "books" }, quiet);
    const { size, blocks, mode } = statSync(fileOf("a"));
    expect([size, mode & 0o777, statSync(path.join(lab, "volumes")).mode & 0o777]).toEqual([
      GIB,
      0o600,
      0o700,
    ]);
    // Sparse: what is not written takes no room.
    expect(blocks * 512).toBeLessThan(GIB / 4);

    await volumes.give(droplet("1"), [{ id: "a", name: "data", mount: "ext4" }]);
    const first = await loopOf("a");
    expect(readFileSync(path.join(lab, "1", "volumes"), "utf8")).toBe(`${first?.minor} a data ext4\n`);
    const label = await execa("blkid", ["-p", "-s", "LABEL", "-o", "value", `/dev/loop${first?.minor}`]);
    expect(label.stdout).toBe("books");
    await mounted(first?.minor ?? -1, 'echo kept >"$1/file"');
    await volumes.release(droplet("1"));
    expect(await loopOf("a")).toBeUndefined();

    await volumes.give(droplet("2"), [{ id: "a", name: "data" }]);
    const second = await loopOf("a");
    expect(readFileSync(path.join(lab, "2", "volumes"), "utf8")).toBe(`${second?.minor} a data -\n`);
    expect((await mounted(second?.minor ?? -1, 'cat "$1/file"')).stdout).toBe("kept");
    await volumes.remove("a");
    expect([await loopOf("a"), existsSync(fileOf("a"))]).toEqual([undefined, false]);
  },
);

real(
  `each has one device, however often it is given; the others' end when they are taken${needs}`,
  async () => {
    for (const id of ["a", "b"]) await volumes.create({ id, size: 1, label: "" }, quiet);
    const [a, b] = ["a", "b"].map(id => ({ id, name: id }));
    if (a === undefined || b === undefined) throw new Error("two volumes");
    await volumes.give(droplet("1"), [a, b]);
    const minor = (await loopOf("a"))?.minor;
    const end = await volumes.give(droplet("1"), [a]);
    // Until the droplet has let go, the device is there.
    expect(await loopOf("b")).toBeDefined();
    await end();
    expect([(await loopOf("a"))?.minor, await loopOf("b")]).toEqual([minor, undefined]);
    expect((await loops()).filter(loop => loop.file === fileOf("a"))).toHaveLength(1);
  },
);

real(`larger at once, for whoever has it${needs}`, async () => {
  await volumes.create({ id: "a", size: 1, label: "" }, quiet);
  await volumes.give(droplet("1"), [{ id: "a", name: "a" }]);
  await volumes.resize("a", 3);
  const { stdout } = await execa("blockdev", ["--getsize64", `/dev/loop${(await loopOf("a"))?.minor}`]);
  expect(Number(stdout)).toBe(3 * GIB);
});

real(`one that is in use goes with its user, and is nobody else's from then on${needs}`, async () => {
  await volumes.create({ id: "a", size: 1, label: "" }, quiet);
  await volumes.give(droplet("1"), [{ id: "a", name: "a" }]);
  const first = (await loopOf("a"))?.minor;
  const user = execa("sh", ["-c", `exec 3</dev/loop${first}; echo open; read -r _`], { stdin: "pipe" });
  try {
    await new Promise(resolve => user.stdout?.once("data", resolve));
    await volumes.release(droplet("1"));
    await volumes.give(droplet("2"), [{ id: "a", name: "a" }]);
    expect((await loopOf("a"))?.minor).not.toBe(first);
  } finally {
    user.stdin?.end("\n");
    await user;
  }
});

real(`what cannot be made leaves nothing${needs}`, async () => {
  await expect(volumes.create({ id: "b", size: 2 ** 40, label: "" }, quiet)).rejects.toThrow(
    "the volume b of 1099511627776 GiB could not be made",
  );
  expect(readdirSync(path.join(lab, "volumes"))).toEqual([]);
});

test("a droplet that never had a volume gets no list", async () => {
  await (
    await volumes.give(droplet("1"), [])
  )();
  expect(readdirSync(droplet("1"))).toEqual([]);
  expect(await volumes.known(droplet("1"))).toBe(false);
});

test("the kernel's list is read: what has a file, and what is ending", async () => {
  const sys = mkdtempSync(path.join(temporary, "sys-"));
  for (const [name, file, ending] of [
    ["loop2", "/a b", "0"],
    ["loop10", "/c", "1"],
  ] as const) {
    mkdirSync(path.join(sys, name, "loop"), { recursive: true });
    writeFileSync(path.join(sys, name, "loop", "backing_file"), `${file}\n`);
    writeFileSync(path.join(sys, name, "loop", "autoclear"), `${ending}\n`);
  }
  mkdirSync(path.join(sys, "loop0"));
  symlinkSync("nowhere", path.join(sys, "vda"));
  expect(await loops(sys)).toEqual([
    { minor: 2, file: "/a b", ending: false },
    { minor: 10, file: "/c", ending: true },
  ]);
});
