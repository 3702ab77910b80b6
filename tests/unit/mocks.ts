import { setImmediate as nextTurn } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

import { Stillness } from "./stillness";

/** What the engine would have been sent for one resource. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  /** Type and name of the parent, `NodePool demo-web`; empty for a resource without one. */
  readonly parent: string;
  /** Secrets unwrapped, and unknown values as {@link UNKNOWN}. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of the inputs that were sent as secrets: `stdin`, `connection`. */
  readonly secrets: readonly string[];
  /** Types and names of what it waits for, in whichever way. */
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Type and name. */
  readonly deletedWith: string;
  readonly deleteBeforeReplace: boolean;
  /** How long its deletion may take; empty for the provider's own bound. */
  readonly deleteTimeout: string;
  /** When its registration began and ended, counted over all resources. */
  readonly started: number;
  finished: number;
}

export interface World {
  readonly resources: Recorded[];
  /** Type and name of every resource, and its parent's, in alphabetical order. */
  readonly tree: () => string[];
  readonly list: () => string[];
  readonly get: (name: string, type?: string) => Recorded;
  readonly commands: () => Recorded[];
  readonly warnings: string[];
}

export interface MockOptions {
  readonly preview?: boolean;
  /** Another number is another droplet (id, addresses) under the same name. */
  readonly generations?: Readonly<Record<string, number>>;
  /** What the cloud has, other than what the program asks for. */
  readonly droplets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What bootstrap found out. */
  readonly birth?: {
    readonly workerRotation?: number;
    readonly managerRotation?: number;
    readonly caRotation?: number;
  };
  /** Address that the swarm was born at; by default the first manager's present one. */
  readonly bornAt?: string;
  /** Hostname of the host that it was born on; by default the first manager's. */
  readonly bornOn?: string;
  /** What comes back of a new VPC. */
  readonly vpc?: { readonly ipRange?: string; readonly default?: boolean };
  /** What functions answer, by their last name: `getVpc`. */
  readonly answers?: Readonly<Record<string, (inputs: Record<string, unknown>) => object>>;
  /** Names of resources that take long: in this order, each until nothing else moves. */
  readonly slow?: readonly string[];
}

export const UNKNOWN = "<unknown>";
export const CLUSTER_ID = "cluster0000000000000000000";
export const COMMAND = "command:remote:Command";
export const DROPLET = "digitalocean:index/droplet:Droplet";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getReplaceonchangesList(): string[];
  getDeletedwith(): string;
  getDeletebeforereplace(): boolean;
  getCustomtimeouts(): { getDelete(): string } | undefined;
}
type Callback = (error: unknown, response: unknown) => void;
interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
}

/** Starts a new empty world, in which the resources made from now on are recorded. */
export async function startWorld(options: MockOptions = {}): Promise<World> {
  // Pulumi takes a stack trace for every promise, and jest maps each to its source: two thirds of the time.
  Error.stackTraceLimit = 0;
  // Whoever runs the tests may have an agent that is gone.
  delete process.env.SSH_AUTH_SOCK;
  const resources: Recorded[] = [];
  const stillness = new Stillness(options.slow ?? []);
  await pulumi.runtime.setMocks(
    {
      newResource: async args => {
        const { type, name } = args;
        const inputs = args.inputs as Record<string, unknown>;
        if (options.slow?.includes(name)) await stillness.reached(name);
        if (options.preview) return { id: undefined, state: inputs };
        return {
          id: idOf(type, name, options),
          state: { ...inputs, ...outputs(type, name, inputs, options) },
        };
      },
      call: ({ token, inputs }) => {
        const answer = options.answers?.[short(token)];
        if (!answer) throw new Error(`no stub for the call of ${token}`);
        return answer(inputs as Record<string, unknown>);
      },
    },
    "digitalocean-swarm",
    "test",
    options.preview ?? false,
  );
  record(pulumi.runtime.getMonitor() as unknown as Monitor, resources, stillness);
  const warnings: string[] = [];
  jest.spyOn(pulumi.log, "warn").mockImplementation(message => {
    warnings.push(message);
    return Promise.resolve();
  });
  return {
    resources,
    warnings,
    tree: () => resources.map(({ type, name, parent }) => `${short(type)} ${name} < ${parent}`).sort(),
    list: () => resources.map(({ type, name }) => `${short(type)} ${name}`).sort(),
    commands: () => resources.filter(({ type }) => type === COMMAND),
    get: (name, type = "") => {
      const found = resources.filter(one => one.name === name && one.type.endsWith(type));
      if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources ${type} "${name}"`);
      return found[0];
    },
  };
}

function record(monitor: Monitor, resources: Recorded[], stillness: Stillness): void {
  let clock = 0;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const secrets: string[] = [];
    const entry: Recorded = {
      type: request.getType(),
      name: request.getName(),
      parent: label(request.getParent()),
      inputs: unwrap(request.getObject().toJavaScript(), "", secrets) as Record<string, unknown>,
      secrets,
      dependencies: [...new Set(request.getDependenciesList().map(label))].sort(),
      ignoreChanges: request.getIgnorechangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      deletedWith: label(request.getDeletedwith()),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      deleteTimeout: request.getCustomtimeouts()?.getDelete() ?? "",
      started: clock++,
      finished: Infinity,
    };
    resources.push(entry);
    stillness.moved();
    return register(request, (error, response) => {
      entry.finished = clock++;
      stillness.moved();
      callback(error, response);
    });
  };
}

/** `Droplet demo-web-0` for its URN. */
function label(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return urn && `${short(type)} ${name}`;
}
const short = (type: string) => type.split(":").at(-1) ?? "";

function unwrap(value: unknown, path: string, secrets: string[]): unknown {
  if (value === UNKNOWN_VALUE) return UNKNOWN;
  if (Array.isArray(value)) return value.map((item, i) => unwrap(item, `${path}[${i}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET) {
    secrets.push(path);
    return unwrap(fields.value, path, secrets);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, unwrap(item, path ? `${path}.${key}` : key, secrets)]),
  );
}

/** A droplet's number, which its id and addresses are made from. */
export function serial(name: string, generation = 0): number {
  const [, pool = "", index = "0"] = /^.*?-([a-z]+)-(\d+)/.exec(name) ?? [];
  return (pool === "manager" ? 10 : 60) + Number(index) + 100 * generation;
}

function idOf(type: string, name: string, { generations }: MockOptions): string {
  return type === DROPLET ? String(7000 + serial(name, generations?.[name])) : `${name}-id`;
}

function outputs(
  type: string,
  name: string,
  given: Record<string, unknown>,
  options: MockOptions,
): Record<string, unknown> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return {
        publicKeyOpenssh: `ssh-ed25519 PUBLIC-${name}\n`,
        privateKeyOpenssh: `PRIVATE-${name}\n`,
        privateKeyPem: `KEY-${name}`,
      };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `REQUEST-${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `CERTIFICATE-${name}` };
    case "digitalocean:index/sshKey:SshKey":
      return { fingerprint: `fingerprint-${name}`, name };
    case "digitalocean:index/vpc:Vpc":
      return { ipRange: "10.116.0.0/20", default: false, ...given, ...options.vpc };
    case "digitalocean:index/tag:Tag":
      return { name: `${name}-tag` };
    case "digitalocean:index/reservedIp:ReservedIp":
      return { ipAddress: "198.51.100.1" };
    case DROPLET: {
      const generation = options.generations?.[name] ?? 0;
      const last = serial(name, generation);
      return {
        name: `${name}-${String(generation).padStart(7, "0")}`,
        ipv4Address: `203.0.113.${last}`,
        ipv4AddressPrivate: `10.110.0.${last}`,
        ...options.droplets?.[name],
      };
    }
    case COMMAND:
      return { stdout: stdout(name, given, options) };
    default:
      return {};
  }
}

function stdout(
  name: string,
  inputs: Record<string, unknown>,
  { birth, bornAt, bornOn }: MockOptions,
): string {
  if (name.endsWith("-bootstrap")) {
    const { workerRotation = 0, managerRotation = 0, caRotation = 0 } = birth ?? {};
    const address = bornAt ?? /ADVERTISE='(.*)'/.exec(plain(inputs.stdin))?.[1];
    const hostname = bornOn ?? /HOST='(.*)'/.exec(plain(inputs.stdin))?.[1];
    return JSON.stringify({
      clusterId: CLUSTER_ID,
      hostname,
      address,
      workerRotation,
      managerRotation,
      caRotation,
    });
  }
  if (name.endsWith("-token")) return `SWMTKN-1-first-${name}`;
  if (name.endsWith("-token-rotated")) return `SWMTKN-1-second-${name}`;
  if (name.endsWith("-unlock-key")) return "SWMKEY-1-demo";
  if (name.endsWith("-join")) return `id-of-${/ADVERTISE='(.*):/.exec(plain(inputs.stdin))?.[1] ?? "?"}`;
  return "";
}

const plain = (value: unknown) => String(unwrap(value, "", []));

const STACK_FRAMES = Error.stackTraceLimit;

/** Waits until every registration is over, also of what an `apply` makes. */
export async function quiet(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await pulumi.runtime.disconnect();
    await nextTurn();
  }
  Error.stackTraceLimit = STACK_FRAMES;
}

/** An Output's value; rejects when the Output failed, which `apply` never does. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

export async function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { isSecret: Promise<boolean> }).isSecret;
}
