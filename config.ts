import * as pulumi from "@pulumi/pulumi";
import {
  Availability,
  type DaemonOptions,
  type DockerApiOptions,
  type Fault,
  type FirewallOptions,
  type FirewallRule,
  InvalidArgsError,
  ListenAddress,
  type ManagerPoolOptions,
  NodeAddress,
  type NodeOptions,
  type PoolOptions,
  SecurityUpdates,
  type SshOptions,
  type SshProxyOptions,
  type SwarmClusterArgs,
  type SwarmOptions,
  type Timeouts,
  type VpcOptions,
} from "digitalocean-swarm";
import { z } from "zod";

// `pulumi config set --path` makes a number of what looks like one, and a truth value of true and false; YAML does so, too,
// where nobody quotes them. A secret is always text.
const text = z.preprocess(
  value => (typeof value === "boolean" || isExact(value) ? String(value) : value),
  z.string({
    error: ({ input }) =>
      typeof input === "number" ? `${input} is not exact: write it in quotes` : undefined,
  }),
);
const number = z.preprocess(
  value => (typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value),
  z.number(),
);
const truth = z.preprocess(
  value => (value === "true" ? true : value === "false" ? false : value),
  z.boolean(),
);

/** Whether a number is the one that was written: large ones come as another, and then only quotes help. */
function isExact(value: unknown): value is number {
  return typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

/** A schema for each key: none of the component's arguments is forgotten here. */
type Keys<Args> = Record<keyof Args, z.ZodType>;

// The shape of the stack's configuration. It checks types and catches misspelt keys; what the values may be is checked
// by the component, which has no YAML to deal with.
const node = {
  size: text.optional(),
  image: text.optional(),
  monitoring: truth.optional(),
  backups: truth.optional(),
  ipv6: truth.optional(),
  labels: z.record(z.string(), text).optional(),
  availability: z.enum(Availability).optional(),
  revision: text.optional(),
} satisfies Keys<NodeOptions>;
const pool = {
  ...node,
  count: number,
  skip: z.array(number).optional(),
  nodes: z.record(z.string(), z.strictObject(node)).optional(),
} satisfies Keys<PoolOptions>;
const rule = z.strictObject({
  ports: text,
  addresses: z.array(text).optional(),
  tags: z.array(text).optional(),
  loadBalancers: z.array(text).optional(),
} satisfies Keys<FirewallRule>);

/** Top-level keys of the stack's configuration. */
const SCHEMA = {
  name: text.optional(),
  region: text,
  managers: z.strictObject({ ...pool, allowEvenCount: truth.optional() } satisfies Keys<ManagerPoolOptions>),
  workers: z.record(z.string(), z.strictObject(pool)).optional(),
  firewall: z.strictObject({
    sshFrom: z.array(text).default([]),
    dockerApiFrom: z.array(text).optional(),
    allowWorldDockerApi: truth.optional(),
    publish: z.array(text).optional(),
    inbound: z.array(rule).optional(),
    outbound: z.array(rule).optional(),
  } satisfies Keys<FirewallOptions>),
  vpc: z.strictObject({ id: text.optional(), range: text.optional() } satisfies Keys<VpcOptions>).optional(),
  ssh: z
    .strictObject({
      publicKey: text.optional(),
      privateKey: text.optional(),
      existingKey: text.optional(),
      additionalKeys: z.array(text).optional(),
      port: number.optional(),
      user: text.optional(),
      proxy: z
        .strictObject({
          host: text,
          port: number.optional(),
          user: text.optional(),
          privateKey: text.optional(),
          hostKey: text.optional(),
        } satisfies Keys<SshProxyOptions>)
        .optional(),
    } satisfies Keys<SshOptions>)
    .optional(),
  swarm: z
    .strictObject({
      advertise: z.enum(NodeAddress).optional(),
      listen: z.enum(ListenAddress).optional(),
      listenPort: number.optional(),
      dataPath: z.enum(NodeAddress).optional(),
      dataPathPort: number.optional(),
      addressPools: z.array(text).optional(),
      addressPoolSize: number.optional(),
      workerTokenRotation: number.optional(),
      managerTokenRotation: number.optional(),
      certificateDays: number.optional(),
      externalCas: z.array(text).optional(),
      caRotation: number.optional(),
      autolock: truth.optional(),
      unlockKeyRotation: number.optional(),
      reconcile: text.optional(),
      generation: number.optional(),
    } satisfies Keys<SwarmOptions>)
    .optional(),
  dockerApi: z.strictObject({ renewal: number.optional() } satisfies Keys<DockerApiOptions>).optional(),
  dockerVersion: text.optional(),
  dockerMirror: text.optional(),
  securityUpdates: z.enum(SecurityUpdates).optional(),
  daemon: z
    .strictObject({
      logDriver: text.optional(),
      logOptions: z.record(z.string(), text).optional(),
      registryMirrors: z.array(text).optional(),
      insecureRegistries: z.array(text).optional(),
      metricsAddress: text.optional(),
      labels: z.record(z.string(), text).optional(),
      raw: z.record(z.string(), z.unknown()).optional(),
    } satisfies Keys<DaemonOptions>)
    .optional(),
  cloudInit: text.optional(),
  tags: z.array(text).optional(),
  project: text.optional(),
  timeouts: z
    .strictObject({
      ssh: number.optional(),
      boot: number.optional(),
      join: number.optional(),
      drain: number.optional(),
    } satisfies Keys<Timeouts>)
    .optional(),
} satisfies Keys<SwarmClusterArgs & { name: string }>;

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
  if (faults.length > 0) throw new InvalidArgsError("Stack configuration", faults);
  const { name = "swarm", ...args } = found as z.output<z.ZodObject<typeof SCHEMA>>;
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
