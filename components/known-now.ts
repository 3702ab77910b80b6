import * as pulumi from "@pulumi/pulumi";

import type { Reader } from "./reader";

/** What decides which resources there are. `*` stands for every key. */
interface Shape {
  readonly [key: string]: Shape;
}
const VALUE: Shape = {};
const values = (...keys: string[]): Shape => Object.fromEntries(keys.map(key => [key, VALUE]));

const POOL: Shape = {
  ...values("count", "revision", "allowEvenCount", "skip"),
  nodes: { "*": values("revision") },
};
const SHAPE: Shape = {
  managers: POOL,
  workers: { "*": POOL },
  firewall: {
    ...values("allowWorldDockerApi", "dockerApiFrom"),
    inbound: values("*"),
    outbound: values("*"),
  },
  ...values("vpc"),
  ssh: { ...values("port"), proxy: values("port") },
  swarm: values(
    "advertise",
    "listen",
    "listenPort",
    "dataPath",
    "dataPathPort",
    "addressPoolSize",
    "certificateDays",
    "workerTokenRotation",
    "managerTokenRotation",
    "caRotation",
    "autolock",
    "unlockKeyRotation",
    "reconcile",
    "generation",
  ),
  dockerApi: values("renewal"),
  timeouts: values("*"),
};

/**
 * Notes every Output where a value must be known when the program starts. TypeScript refuses it; YAML and Python do not.
 *
 * @throws InvalidArgsError where there is one: nothing else can be looked at then.
 */
export function needKnown(reader: Reader, args: object): void {
  look(reader, args, SHAPE, "");
  reader.raise();
}

function look(reader: Reader, value: unknown, shape: Shape, path: string): void {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    reader.fault(
      path,
      "is the output of another resource: it decides which resources there are, so it must be a plain value",
    );
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, below] of Object.entries(value)) {
    const known = shape[key] ?? shape["*"];
    if (known) look(reader, below, known, path === "" ? key : `${path}.${key}`);
  }
}
