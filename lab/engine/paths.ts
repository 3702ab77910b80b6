/** Where the labs of this machine keep what they need. */
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import * as path from "node:path";

/** The label of all containers, networks and volumes; its value is the lab's name. */
export const LAB_LABEL = "digitalocean-swarm.lab";

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?$/;

/** The directory of all labs, `SWARM_LAB_HOME` or a default. */
export function labHome(): string {
  const chosen = process.env.SWARM_LAB_HOME;
  if (chosen !== undefined && chosen !== "") return chosen;
  return process.getuid?.() === 0
    ? "/var/lib/digitalocean-swarm-lab"
    : path.join(homedir(), ".local/state/digitalocean-swarm-lab");
}

/**
 * One lab's directory.
 * @throws If the name cannot be part of a host name.
 */
export function labDirectory(name: string): string {
  if (!NAME.test(name)) {
    throw new Error(
      `"${name}" is no name for a lab: use up to 24 lower case letters, digits and inner hyphens`,
    );
  }
  return path.join(labHome(), name);
}

/** Where the engine is that a lab starts itself. No lab can have such a name, so this collides with none. */
export function enginePaths(): {
  readonly directory: string;
  readonly dataRoot: string;
  readonly log: string;
  readonly run: string;
  readonly socket: string;
  readonly pidFile: string;
} {
  const home = labHome();
  const directory = path.join(home, "_engine");
  // Not below the home: the path of a socket is limited to some hundred characters.
  const suffix = createHash("sha256").update(home).digest("hex").slice(0, 8);
  const run = `/run/digitalocean-swarm-lab-${suffix}`;
  return {
    directory,
    dataRoot: path.join(directory, "data"),
    log: path.join(directory, "dockerd.log"),
    run,
    socket: path.join(run, "docker.sock"),
    pidFile: path.join(run, "docker.pid"),
  };
}
