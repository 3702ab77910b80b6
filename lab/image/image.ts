/** The droplets' images: built from Debian packages on this machine, once per recipe. */
import { mkdir, rm } from "node:fs/promises";
import * as path from "node:path";

import type Docker from "dockerode";

import { statusOf } from "../engine/errors";
import { labHome } from "../engine/paths";
import { ensurePrerequisites, NEEDS, type Report } from "../engine/prerequisites";
import { withEngineOf } from "../packages/engine-source";
import { runBuild } from "./build";
import { type Kind, kindOf } from "./kinds";
import { hostMirror, hostProxyOptions } from "./mirror";
import { ownEngine } from "./own-engine";
import { recipeHash } from "./recipe";

/** The repository of all droplet images; never pushed anywhere. */
export const IMAGE_REPOSITORY = "digitalocean-swarm-lab/droplet";

const BUILD_MS = 10 * 60_000;
const IMPORT_MS = 3 * 60_000;

/** Builds under way, by image: droplets of one release that boot together wait for one build. */
const building = new Map<string, Promise<void>>();

/**
 * Readies the image that stands in for one of DigitalOcean's, and answers its name.
 * @param name - A slug, or a snapshot's name.
 * @throws If it cannot be built, with the end of the build's output.
 */
export async function ensureImage(docker: Docker, name: string, report: Report): Promise<string> {
  const kind = kindOf(name);
  const own = kind.takesOwnEngine ? await ownEngine() : undefined;
  // The packages that an engine comes from are part of the recipe too.
  const fromPackages = kind.engine !== "none" && kind.engine !== "distribution";
  const hash = await recipeHash(__dirname, ...(fromPackages ? [path.join(__dirname, "..", "packages")] : []));
  const image = `${IMAGE_REPOSITORY}:${kind.name}-${hash}${own === undefined ? "" : `-${own.hash}`}`;
  if (await imageExists(docker, image)) return image;
  let build = building.get(image);
  if (build === undefined) {
    build = buildImage(docker, { kind, image, engineDirectory: own?.directory ?? "" }, report).finally(() =>
      building.delete(image),
    );
    building.set(image, build);
  }
  await build;
  return image;
}

/** Removes all droplet images; not those that another lab's droplets run. */
export async function removeImages(docker: Docker, report: Report): Promise<void> {
  const images = await docker.listImages({ filters: { reference: [IMAGE_REPOSITORY] } });
  for (const tag of images.flatMap(image => image.RepoTags ?? [])) {
    try {
      await docker.getImage(tag).remove();
      report(`removed the image ${tag}`);
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      report(`kept the image ${tag}: droplets of another lab use it`);
    }
  }
}

async function imageExists(docker: Docker, image: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [image] } });
  return images.length > 0;
}

interface Wanted {
  readonly kind: Kind;
  readonly image: string;
  /** See `SWARM_LAB_ENGINE`; empty for none. */
  readonly engineDirectory: string;
}

async function buildImage(docker: Docker, wanted: Wanted, report: Report): Promise<void> {
  const { kind, image, engineDirectory } = wanted;
  await ensurePrerequisites(NEEDS.image, report);
  const directory = path.join(labHome(), "_engine", "build");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const archive = path.join(directory, `${kind.name}-${process.pid}.tar`);
  const started = Date.now();
  report(`building the droplets' image ${kind.name} from Debian ${kind.release} (once, about a minute)`);
  try {
    const [mirror, proxy] = await Promise.all([hostMirror(), hostProxyOptions()]);
    await withEngineOf(kind, report, (engine, environment) =>
      runBuild({
        command: [path.join(__dirname, "build.sh"), kind.release, engine, archive],
        environment: {
          LAB_MIRROR: mirror ?? "",
          LAB_APT_OPTIONS: proxy,
          LAB_ENGINE_DIR: engineDirectory,
          ...environment,
        },
        timeoutMs: BUILD_MS,
        what: "the image",
        report,
      }),
    );
    report("importing the image");
    await importImage(docker, archive, image);
  } finally {
    await rm(archive, { force: true });
  }
  report(`built ${image} in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function importImage(docker: Docker, archive: string, image: string): Promise<void> {
  const [repo, tag] = image.split(":");
  const progress = await docker.importImage(archive, {
    repo,
    tag,
    changes: ['CMD ["/usr/local/sbin/lab-init"]', `LABEL ${IMAGE_REPOSITORY}=`],
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`waited ${IMPORT_MS / 1000} s for the import of ${image}: is the disk full?`)),
      IMPORT_MS,
    );
    docker.modem.followProgress(progress, error => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
