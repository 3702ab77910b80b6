import type { Role } from "../nodes/node";
import { bundle } from "./bundle";
import type { ServerFiles } from "./docker-api/docker-api";

/** What each script is sent, beside its node's name and the {@link BOUNDS}. Its first lines say what the words mean. */
export interface Inputs {
  readonly bootstrap: {
    readonly ADVERTISE: string;
    readonly LISTEN: string;
    readonly DATA_PATH: string;
    readonly DATA_PATH_PORT: number;
    readonly POOLS: string;
    readonly POOL_SIZE: number;
    readonly BOOT_SECONDS: number;
    readonly GENERATION: number;
    readonly OTHERS: string;
    readonly REPORT: string;
  };
  readonly "report-swarm": {
    readonly HOST: string;
    readonly ADVERTISE: string;
    readonly WORKER_ROTATION: number;
    readonly MANAGER_ROTATION: number;
    readonly CA_ROTATION: number;
    readonly UNLOCK_ROTATION: number;
  };
  readonly "read-token": { readonly CLUSTER: string; readonly ROLE: Role };
  readonly "rotate-token": {
    readonly CLUSTER: string;
    readonly ROLE: Role;
    readonly ROTATION: number;
    readonly CA_ROTATION: number;
  };
  readonly "rotate-ca": {
    readonly CLUSTER: string;
    readonly ROTATION: number;
    readonly ROTATE_SECONDS: number;
  };
  readonly "unlock-key": { readonly CLUSTER: string; readonly ROTATION: number };
  readonly join: {
    readonly CLUSTER: string;
    readonly KIND: Role;
    /** Secret. */
    readonly JOINS: string;
    readonly LISTEN: string;
    readonly DATA_PATH_PORT: number;
    readonly BOOT_SECONDS: number;
    readonly JOIN_SECONDS: number;
    readonly GENERATION: number;
    readonly RECONCILE: string;
    readonly KNOWN: string;
  } & Partial<ServerFiles>;
  readonly members: { readonly CLUSTER: string; readonly ASKED: string; readonly JOIN_SECONDS: number };
  readonly "reconcile-pool": {
    readonly CLUSTER: string;
    readonly ROLE: Role;
    readonly READY_SECONDS: number;
    readonly LISTEN_PORT: number;
    readonly DATA_PATH_PORT: number;
    readonly RECONCILE: string;
    readonly ROSTER: string;
  } & Partial<SwarmWide>;
  readonly leave: {
    readonly CLUSTER: string;
    readonly GENERATION: number;
    readonly NODE_ID: string;
    readonly DRAIN_SECONDS: number;
  };
  readonly "docker-api": {
    readonly WANTED: "on" | "off";
    /** Secret. */
    readonly UNLOCK_KEY: string;
  } & Partial<ServerFiles>;
}

/** The settings of the swarm that can be changed while it lives: for the pool of managers. */
export interface SwarmWide {
  readonly CERT_HOURS: number;
  readonly AUTOLOCK: "true" | "false";
  readonly EXTERNAL_CAS: string;
}

/** A script's name. */
export type ScriptName = keyof Inputs;

/** The language of each: processes are the shell's, JSON is Python's. */
const LANGUAGES: Readonly<Record<ScriptName, "sh" | "py">> = {
  bootstrap: "sh",
  "report-swarm": "py",
  "read-token": "py",
  "rotate-token": "py",
  "rotate-ca": "py",
  "unlock-key": "py",
  join: "sh",
  members: "py",
  "reconcile-pool": "py",
  leave: "py",
  "docker-api": "sh",
};

/** What all scripts wait at most, in seconds. */
export const BOUNDS = {
  /** For the engine to answer and to find its swarm, and for the managers to agree. */
  WAIT_SECONDS: 60,
  /** For the turn to change the membership. */
  LOCK_SECONDS: 3600,
} as const;

/** Quotes a word for bash. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A script with its variables, to be sent as the stdin of {@link command}. Sent that way it is not in the error of a
 * Command that fails, nor in `ps`, and may hold secrets.
 *
 * @param bounds - Other bounds, for tests.
 */
export function script<Name extends ScriptName>(
  name: Name,
  node: string,
  variables: Inputs[Name],
  bounds: Readonly<Record<keyof typeof BOUNDS, number>> = BOUNDS,
): string {
  const given = Object.entries<string | number>({ ...variables });
  if (LANGUAGES[name] === "py") {
    const limits = Object.entries(bounds).map(([key, seconds]) => `${key} = ${seconds}`);
    // What JSON writes, Python reads.
    const words = [["node", node] as const, ...given].map(
      ([key, value]) => `${key.toLowerCase()}=${JSON.stringify(value)}`,
    );
    return [bundle(`${name}.py`) + limits.join("\n"), `run(main, ${words.join(", ")})`, ""].join("\n");
  }
  const assignments = [["NODE", node] as const, ["WAIT_SECONDS", bounds.WAIT_SECONDS] as const, ...given].map(
    ([key, value]) => `${key}=${quote(String(value))}`,
  );
  const parts = "CERTIFICATE" in variables ? ["shared/api-server.sh"] : [];
  // The script itself is on stdin: what it runs must not read on.
  return [...assignments, `${bundle(...parts, `${name}.sh`)}main </dev/null`, ""].join("\n");
}

/**
 * The command line that runs a {@link script}: its words after the interpreter's are for people, and are shown in errors.
 * With a socket as stdin bash takes itself for a login over the network, and would read `~/.bashrc`.
 */
export function command(name: ScriptName, node: string, seconds: number): string {
  const interpreter = LANGUAGES[name] === "py" ? "python3 -I -S -" : "bash --norc -s";
  return `timeout ${seconds} ${interpreter} ${quote(name)} ${quote(node)}`;
}
