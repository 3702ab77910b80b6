/**
 * Loop devices of this machine: block devices whose content is a file. What they are the kernel says in /sys; changing
 * one takes root, and `losetup`.
 */
import { access, readdir, readFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { messageOf } from "./errors";
import { searchPath } from "./prerequisites";
import { waitFor } from "./wait";

/** The kernel's number of all loop devices. */
export const LOOP_MAJOR = 7;

const RELEASE_MS = 10_000;

/** A loop device that has a file. */
export interface Loop {
  /** Its own number: that of `/dev/loop0` is 0. */
  readonly minor: number;
  readonly file: string;
  /** It was ended while it was in use, and goes with its last user. */
  readonly ending: boolean;
}

/**
 * All loop devices that have a file.
 * @param root - Where the kernel lists block devices.
 */
export async function loops(root = "/sys/block"): Promise<Loop[]> {
  const names = (await readdir(root)).filter(name => /^loop\d+$/.test(name));
  const found = await Promise.all(
    names.map(async name => {
      const read = (about: string) => readFile(path.join(root, name, "loop", about), "utf8");
      try {
        const [file, ending] = await Promise.all([read("backing_file"), read("autoclear")]);
        return { minor: Number(name.slice(4)), file: file.trim(), ending: ending.trim() === "1" };
      } catch {
        // It has no file, or lost it just now.
        return undefined;
      }
    }),
  );
  return found.filter(loop => loop !== undefined).sort((a, b) => a.minor - b.minor);
}

/** The loop device of a file: the one that it has, or a new one. @throws If this machine cannot, with what it lacks. */
export async function makeLoop(file: string): Promise<number> {
  const existing = await findLoop(file);
  if (existing !== undefined) return existing;
  await access("/dev/loop-control").catch(() => {
    throw new Error(
      "this machine has no loop devices (/dev/loop-control is missing), and a droplet's volumes need them. Load the " +
        "kernel's module with: modprobe loop",
    );
  });
  const device = await losetup(["--find", "--show", file]);
  return Number(device.replace("/dev/loop", ""));
}

/** Makes a loop device as large as its file has become. */
export async function growLoop(file: string): Promise<void> {
  const minor = await findLoop(file);
  if (minor !== undefined) await losetup(["--set-capacity", `/dev/loop${minor}`]);
}

/** Ends the loop device of a file. While anything uses it, it stays so long, and is nobody else's meanwhile. */
export async function endLoop(file: string): Promise<void> {
  const minor = await findLoop(file);
  if (minor === undefined) return;
  await losetup(["--detach", `/dev/loop${minor}`]);
  await waitFor(
    {
      what: `/dev/loop${minor} to let go of ${file}`,
      timeoutMs: RELEASE_MS,
      advice: "Is it still mounted on this machine?",
    },
    async () => ((await findLoop(file)) === undefined ? true : undefined),
  );
}

/** Ends the loop devices of all files below a directory. */
export async function endLoopsBelow(directory: string): Promise<void> {
  for (const { file } of await loops()) if (file.startsWith(`${directory}/`)) await endLoop(file);
}

async function findLoop(file: string): Promise<number | undefined> {
  return (await loops()).find(loop => loop.file === file && !loop.ending)?.minor;
}

async function losetup(args: readonly string[]): Promise<string> {
  try {
    return (await execa("losetup", args, { env: { PATH: searchPath() }, timeout: 30_000 })).stdout.trim();
  } catch (error) {
    const advice = process.getuid?.() === 0 ? "" : " Volumes need a lab that runs as root.";
    throw new Error(`${messageOf(error)}${advice}`, { cause: error });
  }
}
