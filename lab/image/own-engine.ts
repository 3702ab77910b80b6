/** An engine of one's own in the fast droplets: `SWARM_LAB_ENGINE=DIRECTORY`. */
import { access, constants } from "node:fs/promises";
import * as path from "node:path";

import { recipeHash } from "./recipe";

/** What an engine consists of at least; what else the directory has comes along. */
const PROGRAMS = ["dockerd", "docker", "containerd", "containerd-shim-runc-v2", "runc"];

/** A directory of engine programs. */
export interface OwnEngine {
  readonly directory: string;
  /** Part of the image's name: other programs make another image. */
  readonly hash: string;
}

/**
 * The directory that `SWARM_LAB_ENGINE` names.
 * @returns `undefined` if it is not set.
 * @throws If a program is missing there.
 */
export async function ownEngine(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<OwnEngine | undefined> {
  const { SWARM_LAB_ENGINE: chosen } = environment;
  if (chosen === undefined || chosen === "") return undefined;
  const directory = path.resolve(chosen);
  for (const program of PROGRAMS) {
    await access(path.join(directory, program), constants.X_OK).catch(() => {
      throw new Error(`SWARM_LAB_ENGINE is ${chosen}, and there is no program ${program} there`);
    });
  }
  return { directory, hash: await recipeHash(directory) };
}
