import { setImmediate as nextTurn } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

import { ANSWERS, COMMAND, idOf, type MockOptions, outputs } from "./mock-cloud";
import { Stillness } from "./stillness";
import { unwrap } from "./unwrap";

export { CLUSTER_ID, COMMAND, DROPLET, type MockOptions } from "./mock-cloud";

/** What the engine would have been sent for one resource. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  /** Type and name of the parent, `NodePool demo-web`; empty for a resource without one. */
  readonly parent: string;
  /** Secrets unwrapped, and unknown values as `<unknown>`. */
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
  readonly protect: boolean;
  /** Type and name of the provider; empty for the default one. */
  readonly provider: string;
  /** Deleting it asks nobody. */
  readonly retainOnDelete: boolean;
  /** How long its deletion may take; empty for the provider's own bound. */
  readonly deleteTimeout: string;
  /** When its registration began and ended, counted over all resources. */
  readonly started: number;
  finished: number;
}

/** What a program registered under mocks. */
export interface Recording {
  readonly resources: Recorded[];
  /** Type and name of every resource, and its parent's, in alphabetical order. */
  readonly tree: () => string[];
  readonly list: () => string[];
  readonly get: (name: string, type?: string) => Recorded;
  readonly commands: () => Recorded[];
  readonly warnings: string[];
  /** Functions that were called, by their last name, and the provider that each was sent to. */
  readonly calls: { readonly name: string; readonly provider: string }[];
}

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
  getProtect(): boolean | undefined;
  getProvider(): string;
  getRetainondelete(): boolean;
  getCustomtimeouts(): { getDelete(): string } | undefined;
}
type Callback = (error: unknown, response: unknown) => void;
interface Monitor {
  registerResource(request: Request, callback: Callback): Promise<void>;
}

/** Starts a new recording of the resources that are made from now on. */
export async function startRecording(options: MockOptions = {}): Promise<Recording> {
  // Pulumi takes a stack trace for every promise, and jest maps each to its source: two thirds of the time.
  Error.stackTraceLimit = 0;
  // Whoever runs the tests may have an agent that is gone.
  delete process.env.SSH_AUTH_SOCK;
  const resources: Recorded[] = [];
  const calls: Recording["calls"] = [];
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
      call: ({ token, inputs, provider = "" }) => {
        calls.push({ name: short(token), provider: label(provider) });
        const answer = { ...ANSWERS, ...options.answers }[short(token)];
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
    calls,
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
      protect: request.getProtect() ?? false,
      provider: label(request.getProvider()),
      retainOnDelete: request.getRetainondelete(),
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
