import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { parse } from "yaml";

import { CliDriver, CLUSTER, hasPulumiCli } from "./cli";
import type { Driver, StackConfig } from "./driver";
import { RehearsalDriver } from "./rehearsal";

export * from "./driver";

/**
 * Which way to run the program: the CLI where there is one, unless told otherwise.
 * @param program - File that is run, in place of the project's own.
 */
export async function chooseDriver(
  dir: string,
  stack: string,
  wanted?: Driver["kind"],
  program?: string,
): Promise<Driver> {
  const kind = wanted ?? ((await hasPulumiCli()) ? "cli" : "rehearsal");
  if (kind === "rehearsal") return new RehearsalDriver(dir, stack, program);
  return new CliDriver(dir, stack, program === undefined ? undefined : { ...CLUSTER, main: program });
}

/** The configuration of the `lab` stack, as people use it, pointed at a lab's endpoint. */
export async function labConfig(endpoint: string): Promise<StackConfig> {
  const text = await readFile(path.resolve(__dirname, "..", "Pulumi.lab.yaml"), "utf8");
  const { config } = parse(text) as { config: StackConfig };
  return { ...config, "digitalocean:apiEndpoint": endpoint };
}
