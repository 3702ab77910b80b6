/** A package repository like Docker's, made once per recipe from Debian's packages. */
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { messageOf } from "../engine/errors";
import { labHome } from "../engine/paths";
import { ensurePrerequisites, NEEDS, type Report, searchPath } from "../engine/prerequisites";
import { runBuild } from "../image/build";
import { hostMirror, hostProxyOptions } from "../image/mirror";
import { recipeHash } from "../image/recipe";

const BUILD_MS = 15 * 60_000;
const LOOK_MS = 30_000;

/** Where the repositories of this machine are, one per recipe. */
export const repositoriesDirectory = (): string => path.join(labHome(), "_packages");

/** Where the repository of the present recipe is; it may not have been built. */
export async function repositoryDirectory(): Promise<string> {
  return path.join(repositoriesDirectory(), await recipeHash(__dirname));
}

/** Whether it is there: only what is complete has its name. */
export async function isRepositoryBuilt(): Promise<boolean> {
  return (await readdir(await repositoryDirectory()).catch(() => [])).length > 0;
}

let building: Promise<string> | undefined;

/**
 * Readies the repository, and answers its directory: what `https://download.docker.com` has at its root.
 * @throws If it cannot be built, because no mirror has the packages for one.
 */
export function ensureRepository(report: Report): Promise<string> {
  building ??= build(report).finally(() => (building = undefined));
  return building;
}

/** Versions of docker-ce that a repository has for a release, newest first: `5:28.5.2-1~debian.12~bookworm`. */
export async function engineVersions(directory: string, release: string): Promise<string[]> {
  const dist = path.join(directory, "linux/debian/dists", release, "stable");
  const indices = (await readdir(dist)).map(name => path.join(dist, name, "Packages"));
  const texts = await Promise.all(indices.map(file => readFile(file, "utf8")));
  return versionsOf(texts.join("\n\n"));
}

/** The versions of docker-ce that a `Packages` file lists, newest first. */
export function versionsOf(packages: string): string[] {
  return packages
    .split("\n\n")
    .filter(entry => /^Package: docker-ce$/m.test(entry))
    .flatMap(entry => /^Version: (.+)$/m.exec(entry)?.[1] ?? [])
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}

async function build(report: Report): Promise<string> {
  const directory = await repositoryDirectory();
  if (await isRepositoryBuilt()) return directory;
  await ensurePrerequisites([...NEEDS.image, ...NEEDS.packages], report);
  const partial = `${directory}.${process.pid}`;
  await mkdir(repositoriesDirectory(), { recursive: true, mode: 0o700 });
  report("building the package repository of stock droplets (once, about a minute)");
  try {
    await runBuild({
      command: [path.join(__dirname, "build.sh"), partial],
      timeoutMs: BUILD_MS,
      environment: { LAB_MIRROR: (await hostMirror()) ?? "", LAB_APT_OPTIONS: await hostProxyOptions() },
      what: "the package repository",
      report,
    });
    await rename(partial, directory).catch(async (error: unknown) => {
      // Another lab's server may have been faster, and then has the same.
      if (!(await isRepositoryBuilt())) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return directory;
}

/**
 * Whether stock droplets can have packages here.
 * @returns Why not, for a person; `undefined` if they can.
 */
export async function whyNoPackages(report: Report): Promise<string | undefined> {
  const mirror = (await hostMirror()) ?? "http://deb.debian.org/debian";
  const { exitCode, stderr } = await execa(
    "curl",
    ["--silent", "--show-error", "--fail", "--head", "--max-time", "20", `${mirror}/dists/trixie/InRelease`],
    { reject: false, timeout: LOOK_MS, env: { PATH: searchPath(), ...(await proxyEnvironment()) } },
  );
  if (exitCode !== 0)
    return `this machine reaches no Debian mirror (${mirror}: ${stderr.trim() || "no answer"})`;
  try {
    await ensureRepository(report);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** apt's proxy settings as the environment variables that curl takes. */
export async function proxyEnvironment(): Promise<Record<string, string>> {
  return proxyVariables(await hostProxyOptions());
}

/** See {@link proxyEnvironment}; `options` are apt's, one per line. */
export function proxyVariables(options: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [, scheme = "", value = ""] of options.matchAll(/^Acquire::(https?)::Proxy "([^"]+)"$/gim))
    if (value !== "DIRECT") variables[`${scheme.toLowerCase()}_proxy`] = value;
  const authorities = /^Acquire::https::CaInfo "([^"]+)"$/im.exec(options)?.[1];
  return authorities === undefined ? variables : { ...variables, CURL_CA_BUNDLE: authorities };
}
