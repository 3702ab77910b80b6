/** The droplets' images: built from Debian packages on this machine, once per recipe. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type Docker from "dockerode";
import execa from "execa";
import { labHome } from "../engine/paths";
import { ensurePrerequisites, NEEDS, searchPath } from "../engine/prerequisites";
import type { Report } from "../engine/prerequisites";
import { statusOf } from "../engine/refusal";
import { hostMirror, hostProxyOptions } from "./mirror";

/** Debian releases that a droplet can be: trixie has Docker 26, bookworm Docker 20.10. */
export type Release = "bookworm" | "trixie";

/** The repository of all droplet images; never pushed anywhere. */
export const IMAGE_REPOSITORY = "digitalocean-swarm-lab/droplet";

const BUILD_MS = 10 * 60_000;
const IMPORT_MS = 3 * 60_000;

/** The release that stands in for one of DigitalOcean's images; trixie for all but Debian 12. */
export function releaseFor(imageSlug: string): Release {
  return imageSlug.startsWith("debian-12") ? "bookworm" : "trixie";
}

/** Hash of all files that an image is made of: whoever changes one gets a new image. */
export async function recipeHash(directory: string = __dirname): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile() && !entry.name.endsWith(".ts"))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${file.slice(directory.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/** Builds under way, by image: droplets of one release that boot together wait for one build. */
const building = new Map<string, Promise<void>>();

/**
 * Readies a release's image, and answers its name.
 * @throws If it cannot be built, with the end of the build's output.
 */
export async function ensureImage(docker: Docker, release: Release, report: Report): Promise<string> {
  const image = `${IMAGE_REPOSITORY}:${release}-${await recipeHash()}`;
  if (await imageExists(docker, image)) return image;
  let build = building.get(image);
  if (build === undefined) {
    build = buildImage(docker, release, image, report).finally(() => building.delete(image));
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

async function buildImage(docker: Docker, release: Release, image: string, report: Report): Promise<void> {
  await ensurePrerequisites(NEEDS.image, report);
  const directory = join(labHome(), "_engine", "build");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const archive = join(directory, `${release}-${process.pid}.tar`);
  const started = Date.now();
  report(`building the droplets' image from Debian ${release} (once, about a minute)`);
  try {
    await bootstrap(release, archive, report);
    report("importing the image");
    await importImage(docker, archive, image);
  } finally {
    await rm(archive, { force: true });
  }
  report(`built ${image} in ${Math.round((Date.now() - started) / 1000)} s`);
}

async function bootstrap(release: Release, archive: string, report: Report): Promise<void> {
  const [mirror, proxy] = await Promise.all([hostMirror(), hostProxyOptions()]);
  const build = execa(join(__dirname, "build.sh"), [release, archive], {
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
    timeout: BUILD_MS,
    env: { PATH: searchPath(), LAB_MIRROR: mirror ?? "", LAB_APT_OPTIONS: proxy },
  });
  const tail: string[] = [];
  if (build.all !== undefined) {
    for await (const line of createInterface({ input: build.all })) {
      tail.push(line);
      if (tail.length > 20) tail.shift();
      const step = /^I: (.*\.\.\.)$/.exec(line)?.[1];
      if (step !== undefined) report(`  ${step}`);
    }
  }
  const result = await build;
  if (result.exitCode === 0) return;
  const reason = result.timedOut ? `took more than ${BUILD_MS / 60_000} minutes` : "failed";
  throw new Error(
    `building the image from ${mirror ?? "Debian's default mirror"} ${reason}. ` +
      `Check that the mirror can be reached. The end of its output:\n${tail.join("\n")}`,
  );
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
