import * as assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";
import { parse, stringify } from "yaml";

import { swarmPorts } from "../../components/network/ports";
import { parseDaemon } from "../../components/nodes/daemon";
import { DOCKER_MIRROR, userData } from "../../components/nodes/user-data";
import type { ExecResult } from "../../lab/hosts/exec";
import { engineVersions, ensureRepository, whyNoPackages } from "../../lab/packages/repository";
import { Skipped } from "./scenario";
import type { World } from "./world";

/** The script, and where it leaves its outcome, what it is at, and its log. */
export const PREPARE = "/usr/local/sbin/digitalocean-swarm-prepare";
export const MARKER = "/var/lib/digitalocean-swarm/prepared";
export const LOG = "/var/log/digitalocean-swarm-prepare.log";
const PREPARED_SECONDS = 300;

/** Versions of the engine that the lab's repository like Docker's has: 28.5.2, 26.1.5, 20.10.24. */
export interface Versions {
  readonly newest: string;
  readonly middle: string;
  readonly oldest: string;
}

/** @throws Skipped where stock droplets can have no packages, with the reason. */
export async function versions(world: World): Promise<Versions> {
  const why = await whyNoPackages(world.report);
  if (why !== undefined) throw new Skipped(`stock droplets need Debian's packages: ${why}`);
  const directory = await ensureRepository(world.report);
  const [newest, middle, oldest] = (await engineVersions(directory, "trixie")).map(
    version => /^\d+:([^-]+)-/.exec(version)?.[1],
  );
  assert.ok(newest !== undefined && middle !== undefined && oldest !== undefined, "it has three engines");
  return { newest, middle, oldest };
}

/** A droplet with the program's own user data. */
export interface Wanted {
  readonly name: string;
  /** Slug, or the name of one of the lab's snapshots. */
  readonly image: string;
  readonly dockerVersion: string;
  readonly dockerMirror?: string;
  /** Commands before everything else, as arguments. */
  readonly before?: readonly (readonly string[])[];
}

/** Makes a droplet that prepares itself at its first boot. */
export async function createPrepared(world: World, wanted: Wanted): Promise<void> {
  const text = userData({
    dockerVersion: wanted.dockerVersion,
    dockerMirror: wanted.dockerMirror ?? DOCKER_MIRROR,
    securityUpdates: "image",
    daemon: parseDaemon({}),
    cloudInit: { config: {}, script: "" },
    ports: swarmPorts(),
    user: "root",
    ...(await hostKey()),
  });
  const own = parse(text) as { bootcmd: readonly (readonly string[])[] };
  const config = { ...own, bootcmd: [...(wanted.before ?? []), ...own.bootcmd] };
  const image = await imageKey(world, wanted.image);
  const droplet = { name: wanted.name, region: "fra1", size: "s-1vcpu-2gb", image };
  await api(world, "droplets", { ...droplet, user_data: `#cloud-config\n${stringify(config)}` });
}

/** The key of an image for `droplets`: snapshots have no slug, and are named by their ids. */
export async function imageKey(world: World, image: string): Promise<string> {
  if (!image.startsWith("lab-")) return image;
  const { images } = (await api(world, "images?private=true")) as { images: { id: number; name: string }[] };
  const found = images.find(({ name }) => name === image);
  assert.ok(found, `the lab has no snapshot ${image}`);
  return String(found.id);
}

/** A request to the lab's API: a POST where there is a body. */
async function api({ lab }: World, what: string, body?: object): Promise<unknown> {
  const response = await fetch(`${lab.endpoint}/v2/${what}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${lab.token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  assert.ok(response.ok, `${what}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

/** Runs a command in a droplet, as root. */
export function inside(world: World, name: string, command: string): Promise<ExecResult> {
  return world.lab.exec(name, ["bash", "-c", command]);
}

/** Waits until a droplet's preparation has an outcome, and returns it: "ok", or a reason. */
export async function outcomeOf(world: World, name: string): Promise<string> {
  let said = "";
  await world.eventually(PREPARED_SECONDS, `${name} to be prepared`, async () => {
    const droplet = (await world.lab.droplets()).find(({ hostname }) => hostname === name);
    if (droplet?.status === "errored") {
      said = "the droplet did not boot; see the lab's log";
      return;
    }
    said = (await inside(world, name, `cat ${MARKER}`)).stdout.trim();
    assert.notEqual(said, "");
  });
  return said;
}

/** The engine of a droplet: what answers, and the package that it is from. */
export async function engineOf(world: World, name: string): Promise<{ version: string; from: string }> {
  const look =
    "docker version --format '{{.Server.Version}} {{.Client.Version}}' && dpkg-query --search $(command -v dockerd)";
  const { code, stdout, stderr } = await inside(world, name, look);
  assert.equal(code, 0, `${name}: ${stderr}`);
  const [, server, client, from = ""] = /^(\S+) (\S+)\n([^:]+):/.exec(stdout) ?? [];
  assert.equal(client, server, `${name}: the client is of another version`);
  return { version: (server ?? "").replace(/[^\d.].*$/, ""), from };
}

/** How long the script took, by its own log and marker. */
export async function secondsOf(world: World, name: string): Promise<number> {
  const { stdout } = await inside(
    world,
    name,
    `echo $(($(stat -c %Y ${MARKER}) - $(date -d "$(grep -m 1 -oE '^20[^ ]+Z' ${LOG})" +%s)))`,
  );
  return Number(stdout.trim());
}

/** Removes droplets that a scenario made. */
export async function removeDroplets(world: World, names: readonly string[]): Promise<void> {
  for (const name of names) await world.lab.deleteDroplet(name);
  await world.eventually(60, "the droplets to be gone", async () => {
    const left = (await world.lab.droplets()).filter(({ hostname }) => names.includes(hostname));
    assert.deepEqual(left, []);
  });
}

async function hostKey(): Promise<{ hostPrivateKey: string; hostPublicKey: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), "host-key-"));
  try {
    const file = path.join(directory, "key");
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
    return {
      hostPrivateKey: await readFile(file, "utf8"),
      hostPublicKey: await readFile(`${file}.pub`, "utf8"),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
