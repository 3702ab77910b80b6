import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { type Fault, raise, type SwarmClusterArgs } from "./components";

// The shape of the stack's configuration. It checks types and catches misspelt keys; what the values may be is checked
// by the component, which has no YAML to deal with.
const node = {
  size: z.string().optional(),
  image: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  availability: z.enum(["active", "pause", "drain"]).optional(),
  revision: z.union([z.string(), z.number()]).optional(),
};
const pool = {
  ...node,
  count: z.number(),
  skip: z.array(z.number()).optional(),
  nodes: z.record(z.string(), z.strictObject(node)).optional(),
};
const port = z.union([z.string(), z.number().transform(String)]);

/** Top-level keys of the stack's configuration. */
const SCHEMA = {
  name: z.string().optional(),
  region: z.string(),
  managers: z.strictObject({ ...pool, allowEvenCount: z.boolean().optional() }),
  workers: z.record(z.string(), z.strictObject(pool)).optional(),
  firewall: z.strictObject({
    sshFrom: z.array(z.string()).default([]),
    dockerApiFrom: z.array(z.string()).optional(),
    allowWorldDockerApi: z.boolean().optional(),
    publish: z.array(port).optional(),
  }),
  vpc: z.strictObject({ id: z.string().optional(), range: z.string().optional() }).optional(),
  ssh: z
    .strictObject({
      publicKey: z.string().optional(),
      privateKey: z.string().optional(),
      additionalKeys: z.array(z.string()).optional(),
    })
    .optional(),
  swarm: z
    .strictObject({
      advertise: z.enum(["private", "public"]).optional(),
      listen: z.enum(["any", "private", "public"]).optional(),
      listenPort: z.number().optional(),
      dataPath: z.enum(["private", "public"]).optional(),
      dataPathPort: z.number().optional(),
      addressPools: z.array(z.string()).optional(),
      addressPoolSize: z.number().optional(),
      workerTokenRotation: z.number().optional(),
      managerTokenRotation: z.number().optional(),
      certificateDays: z.number().optional(),
      externalCas: z.array(z.string()).optional(),
      caRotation: z.number().optional(),
      autolock: z.boolean().optional(),
      unlockKeyRotation: z.number().optional(),
      encryptedOverlays: z.boolean().optional(),
      rejoin: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
  dockerApi: z.strictObject({ renewal: z.number().optional() }).optional(),
  dockerVersion: z.string().optional(),
  dockerMirror: z.string().optional(),
  securityUpdates: z.enum(["image", "on", "off"]).optional(),
  controlEndpoint: z.enum(["reservedIp", "firstManager"]).optional(),
  tags: z.array(z.string()).optional(),
  timeouts: z
    .strictObject({
      ssh: z.number().optional(),
      boot: z.number().optional(),
      join: z.number().optional(),
      drain: z.number().optional(),
    })
    .optional(),
};

/** The cluster's name and arguments, as the stack's configuration has them. */
export interface ClusterConfig {
  readonly name: string;
  readonly args: SwarmClusterArgs;
}

/**
 * Reads the stack's configuration.
 * @throws InvalidArgsError that lists every key that is missing, misspelt or of the wrong type.
 */
export function readConfig(): ClusterConfig {
  const config = new pulumi.Config();
  const faults: Fault[] = [];
  const found: Record<string, unknown> = {};
  for (const key of Object.keys(SCHEMA) as (keyof typeof SCHEMA)[]) {
    const schema: z.ZodType = SCHEMA[key];
    const text = config.get(key);
    const result = schema.safeParse(text === undefined ? undefined : parse(text, schema));
    if (result.success) found[key] = result.data;
    else for (const issue of result.error.issues) faults.push(describe(key, issue, text === undefined));
  }
  for (const key of unknownKeys(config.name))
    faults.push({
      path: key,
      reason: `is not a key of this program; it takes ${Object.keys(SCHEMA).join(", ")}`,
    });
  raise("Stack configuration", faults);
  const { name = "swarm", ...args } = found as unknown as { name?: string } & SwarmClusterArgs;
  return { name, args };
}

/** Pulumi hands structured values over as JSON, and plain ones as they are. */
function parse(text: string, schema: z.ZodType): unknown {
  if (schema.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(key: string, issue: z.core.$ZodIssue, missing: boolean): Fault {
  const path = [key, ...issue.path.map(String)].join(".");
  if (missing)
    return {
      path,
      reason: `is missing: set it with \`pulumi config set --path '${path}' VALUE\`, or in Pulumi.STACK.yaml`,
    };
  return { path, reason: issue.message.replace(/^Invalid input: /, "") };
}

function unknownKeys(project: string): string[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter(key => key.startsWith(`${project}:`))
    .map(key => key.slice(project.length + 1))
    .filter(key => !(key in SCHEMA));
}
