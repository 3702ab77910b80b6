import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import type * as pulumi from "@pulumi/pulumi";

import { SwarmCluster, type SwarmClusterArgs } from "../../components";
import { CLUSTER } from "./cluster";
import { ED25519 } from "./key-pairs";
import { quiet, type Recording, startRecording } from "./mocks";

const COMPONENTS = path.join(__dirname, "../../components");
const { publicKey, privateKey } = ED25519;

/** Arguments that together make a resource of every kind, and call every function. */
const EVERY_KIND: readonly Partial<SwarmClusterArgs>[] = [
  { vpc: {}, firewall: { ...CLUSTER.firewall, dockerApiFrom: ["192.0.2.0/24"] }, swarm: { autolock: true } },
  { vpc: { id: "an-id" }, ssh: { existingKey: "512190", privateKey } },
  // In the region's default VPC.
  { project: "4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679" },
];

/**
 * Makes clusters, each in a world of its own, that have a resource of every kind together and call every function.
 *
 * @param options - Makes the cluster's resource options, in its world.
 */
export async function makeEveryKind(options: () => pulumi.ComponentResourceOptions): Promise<Recording[]> {
  const worlds: Recording[] = [];
  for (const args of EVERY_KIND) {
    const getSshKeys = () => ({ sshKeys: [{ id: 512190, name: "laptop", publicKey, fingerprint: "12:34" }] });
    const world = await startRecording({ answers: { getSshKeys } });
    new SwarmCluster("demo", { ...CLUSTER, ...args }, options());
    await quiet();
    worlds.push(world);
  }
  return worlds;
}

/** What a pattern finds in the component's sources, examples in docstrings left out. */
function found(pattern: RegExp): string[] {
  const sources = readdirSync(COMPONENTS, { recursive: true, encoding: "utf8" })
    .filter(file => file.endsWith(".ts"))
    .map(file => readFileSync(path.join(COMPONENTS, file), "utf8"));
  const names = sources.flatMap(source =>
    [...source.replace(/^ *\*.*$/gm, "").matchAll(pattern)].map(([, name = ""]) => name),
  );
  return [...new Set(names)].sort();
}

/** Kinds of the resources that the component's sources make: `Droplet`. */
export const resourceKinds = () => found(/\bnew (?:digitalocean|tls|remote)\.(\w+)\(/g);
/** Functions of providers that they call: `getVpc`. */
export const functionNames = () => found(/\b(?:digitalocean|tls)\s*\.(get\w+?)(?:Output)?\(/g);
