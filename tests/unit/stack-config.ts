import * as pulumi from "@pulumi/pulumi";

import { InvalidArgsError } from "../../components";
import { readConfig } from "../../config";
import { startRecording } from "./mocks";

/** The least that a stack's configuration has. */
export const GOOD: Record<string, unknown> = {
  region: "fra1",
  managers: { count: 3 },
  firewall: { sshFrom: ["192.0.2.7/32"] },
};

/** Sets the stack's configuration as the engine hands it over: plain text as it is, the rest as JSON. */
export async function configure(values: Record<string, unknown>): Promise<void> {
  await startRecording();
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(values)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [
          key.includes(":") ? key : `digitalocean-swarm:${key}`,
          typeof value === "string" ? value : JSON.stringify(value),
        ]),
    ),
  );
}

/** What is wrong with it, by path. */
export async function faults(values: Record<string, unknown>): Promise<Record<string, string>> {
  await configure(values);
  try {
    readConfig();
  } catch (error) {
    if (!(error instanceof InvalidArgsError)) throw error;
    return Object.fromEntries(error.faults.map(({ path, reason }) => [path, reason]));
  }
  return {};
}
