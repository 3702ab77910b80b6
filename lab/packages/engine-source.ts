/** Where an image gets its engine from, while it is built. */
import type { AddressInfo } from "node:net";
import * as path from "node:path";

import type { Report } from "../engine/prerequisites";
import type { Kind } from "../image/kinds";
import { engineVersions, ensureRepository } from "./repository";
import { listen, repositoryServer } from "./server";

/**
 * Calls `build` with the engine as `lab/image/build.sh` takes it, and the environment that goes with it. For an engine
 * that is a version, the package repository answers on loopback meanwhile.
 * @throws If the repository has no such version.
 */
export async function withEngineOf(
  { engine, release }: Kind,
  report: Report,
  build: (engine: string, environment: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  if (engine === "none" || engine === "distribution") return build(engine, {});
  const directory = await ensureRepository(report);
  const versions = await engineVersions(directory, release);
  const version = chooseVersion(versions, engine);
  if (version === undefined)
    throw new Error(
      `the package repository has no engine ${engine} for ${release}, only ${versions.join(", ")}`,
    );
  const server = repositoryServer(directory);
  await listen(server, "127.0.0.1", 0);
  try {
    const { port } = server.address() as AddressInfo;
    await build(version, {
      LAB_REPOSITORY: `http://127.0.0.1:${port}`,
      LAB_REPOSITORY_KEY: path.join(directory, "key.asc"),
    });
  } finally {
    server.close();
  }
}

/** The newest of some versions, newest first, that belongs to a series such as `28.5`. */
export function chooseVersion(versions: readonly string[], series: string): string | undefined {
  return versions.find(version => version.replace(/^\d+:/, "").startsWith(`${series}.`));
}
