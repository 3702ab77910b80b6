/**
 * The volumes of one lab: a sparse file each, which the droplet that has it sees as a loop device. Which ones a droplet has
 * is in the list in its directory, `volumes`: a line each, with the device's number, the id, the name, and the file system
 * that is to be mounted, or `-`. The droplet's `lab-volumes` makes the devices there.
 */
import { chmod, mkdir, open, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { messageOf } from "../engine/errors";
import { endLoop, growLoop, makeLoop } from "../engine/loop";
import { ensurePrerequisites, NEEDS, type Report, searchPath } from "../engine/prerequisites";
import type { HostVolume, HostVolumeSpec } from "./hosts";

const GIB = 2 ** 30;
const FORMAT_MS = 10 * 60_000;

/** How a file system is made; both tools leave the file sparse. */
const FORMATS = {
  ext4: ["mkfs.ext4", "-q", "-F"],
  xfs: ["mkfs.xfs", "-q", "-f"],
} as const;

/** The files of volumes, and the lists of who has them. */
export class Volumes {
  /** @param directory - The lab's. */
  public constructor(private readonly directory: string) {}

  /** @throws If the file or the file system cannot be made; then nothing is left of it. */
  public async create({ id, size, filesystem, label }: HostVolumeSpec, report: Report): Promise<void> {
    const file = this.fileOf(id);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await chmod(path.dirname(file), 0o700);
    try {
      await (await open(file, "w", 0o600)).close();
      await truncate(file, size * GIB);
      if (filesystem !== undefined) {
        await ensurePrerequisites(NEEDS[filesystem], report);
        const [tool, ...options] = FORMATS[filesystem];
        const labelled = label === "" ? options : [...options, "-L", label];
        await execa(tool, [...labelled, file], { env: { PATH: searchPath() }, timeout: FORMAT_MS });
      }
    } catch (error) {
      await rm(file, { force: true });
      throw new Error(`the volume ${id} of ${size} GiB could not be made: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  public async remove(id: string): Promise<void> {
    await endLoop(this.fileOf(id));
    await rm(this.fileOf(id), { force: true });
  }

  public async resize(id: string, size: number): Promise<void> {
    await truncate(this.fileOf(id), size * GIB);
    await growLoop(this.fileOf(id));
  }

  /**
   * Makes the devices of a droplet's volumes, and lists them in its directory.
   * @returns What ends the devices of those that it had before: to be called when the droplet has let go of them.
   */
  public async give(directory: string, volumes: readonly HostVolume[]): Promise<() => Promise<void>> {
    const before = await listed(directory);
    if (volumes.length === 0 && !(await this.known(directory))) return () => Promise.resolve();
    if (volumes.length > 0) await ensurePrerequisites(NEEDS.volumes, () => undefined);
    const lines: string[] = [];
    for (const { id, name, mount = "-" } of volumes) {
      lines.push(`${await makeLoop(this.fileOf(id))} ${id} ${name} ${mount}\n`);
    }
    // Written beside and renamed, so that a droplet that starts just now reads the one or the other.
    const file = listOf(directory);
    await writeFile(`${file}.new`, lines.join(""), { mode: 0o600 });
    await rename(`${file}.new`, file);
    const kept = new Set(volumes.map(({ id }) => id));
    return () => this.end(before.filter(id => !kept.has(id)));
  }

  /** Whether a droplet has had volumes, be it none now. */
  public async known(directory: string): Promise<boolean> {
    return (await read(directory)) !== undefined;
  }

  /** Ends the devices of all volumes of a droplet that is gone. */
  public async release(directory: string): Promise<void> {
    await this.end(await listed(directory));
  }

  private async end(ids: readonly string[]): Promise<void> {
    for (const id of ids) await endLoop(this.fileOf(id));
  }

  private fileOf(id: string): string {
    return path.join(this.directory, "volumes", `${id}.img`);
  }
}

function listOf(directory: string): string {
  return path.join(directory, "volumes");
}

async function read(directory: string): Promise<string | undefined> {
  return readFile(listOf(directory), "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
}

/** The ids. */
async function listed(directory: string): Promise<string[]> {
  const text = (await read(directory)) ?? "";
  return text.split("\n").flatMap(line => line.split(" ")[1] ?? []);
}
