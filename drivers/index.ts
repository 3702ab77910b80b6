import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { parse } from "yaml";

import { CliDriver, hasPulumiCli } from "./cli";
import type { Driver, StackConfig } from "./driver";
import { RehearsalDriver } from "./rehearsal";

export * from "./driver";

/** Which way to run the program: the CLI where there is one, unless told otherwise. */
export async function chooseDriver(dir: string, stack: string, wanted?: Driver["kind"]): Promise<Driver> {
  const kind = wanted ?? ((await hasPulumiCli()) ? "cli" : "rehearsal");
  return kind === "cli" ? new CliDriver(dir, stack) : new RehearsalDriver(dir, stack);
}

/** The configuration of the `lab` stack, as people use it, pointed at a lab's endpoint. */
export async function labConfig(endpoint: string): Promise<StackConfig> {
  const text = await readFile(path.resolve(__dirname, "..", "Pulumi.lab.yaml"), "utf8");
  const { config } = parse(text) as { config: StackConfig };
  return { ...config, "digitalocean:apiEndpoint": endpoint };
}
