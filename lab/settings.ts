/** What one lab was set up with; it stays when the server or the machine starts again. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import * as path from "node:path";

import { labDirectory, labHome } from "./engine/paths";

/** The settings of one lab. */
export interface LabSettings {
  readonly name: string;
  /** Tells labs of one machine apart; decides the port and the public range. */
  readonly index: number;
  /** TCP port of the API on loopback. Pulumi saves the endpoint in its state, so it never changes. */
  readonly port: number;
  /** CIDR range of the public addresses, cut from 198.18.0.0/16 (RFC 2544: benchmarks, nobody's on the internet). */
  readonly publicRange: string;
  /** Whether droplets may reach the world outside this machine. */
  readonly egress: boolean;
  /** How long a stock droplet's agents hold apt's and dpkg's locks at its first boot, in seconds each. @default 10 */
  readonly agentSeconds?: number;
}

/** What may be chosen when a lab is first set up. */
export interface LabChoices {
  readonly name: string;
  readonly port?: number;
  readonly egress?: boolean;
  readonly agentSeconds?: number;
}

const DEFAULT_LAB = "default";
const FIRST_PORT = 8780;
/** Ranges of /22 in 198.18.0.0/16. */
const MOST_LABS = 64;

/** The settings of a lab that exists. */
export async function loadSettings(name: string): Promise<LabSettings | undefined> {
  const text = await readFile(settingsFile(name), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as LabSettings);
}

/**
 * The settings of a lab, chosen now if it does not exist.
 * @throws If it exists with another port or egress, or there is no room for another.
 */
export async function ensureSettings(choices: LabChoices): Promise<LabSettings> {
  const existing = await loadSettings(choices.name);
  if (existing) {
    if (choices.port !== undefined && choices.port !== existing.port)
      throw differs(existing, `port ${existing.port}`);
    if (choices.egress !== undefined && choices.egress !== existing.egress) {
      throw differs(existing, existing.egress ? "egress" : "no egress");
    }
    if (choices.agentSeconds !== undefined && choices.agentSeconds !== existing.agentSeconds)
      throw differs(existing, "other seconds for the agents");
    return existing;
  }
  const index = await freeIndex(choices.name);
  const settings: LabSettings = {
    name: choices.name,
    index,
    port: choices.port ?? FIRST_PORT + index,
    publicRange: `198.18.${index * 4}.0/22`,
    egress: choices.egress ?? false,
    ...(choices.agentSeconds === undefined ? {} : { agentSeconds: choices.agentSeconds }),
  };
  await mkdir(labDirectory(choices.name), { recursive: true, mode: 0o700 });
  await writeFile(settingsFile(choices.name), JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

/** All labs of this machine. */
export async function allSettings(): Promise<LabSettings[]> {
  const names = await readdir(labHome()).catch(() => []);
  const found = await Promise.all(names.filter(name => !name.startsWith("_")).map(loadSettings));
  return found.filter(settings => settings !== undefined);
}

/** The first is kept for the lab that Pulumi.lab.yaml names. */
async function freeIndex(name: string): Promise<number> {
  if (name === DEFAULT_LAB) return 0;
  const taken = new Set([...(await allSettings()).map(({ index }) => index), ...indicesInUse()]);
  for (let index = 1; index < MOST_LABS; index++) if (!taken.has(index)) return index;
  throw new Error(`there are ${MOST_LABS} labs already: remove one with \`npm run lab -- down --name NAME\``);
}

/** Ranges that this machine has an address in: labs of another home, or somebody's own benchmark. */
function indicesInUse(): number[] {
  return Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .map(({ address }) => /^198\.18\.(\d+)\./.exec(address)?.[1])
    .filter(third => third !== undefined)
    .map(third => Math.floor(Number(third) / 4));
}

function settingsFile(name: string): string {
  return path.join(labDirectory(name), "lab.json");
}

function differs(existing: LabSettings, what: string): Error {
  return new Error(
    `the lab "${existing.name}" exists with ${what}: take it down first, with \`npm run lab -- down\``,
  );
}
