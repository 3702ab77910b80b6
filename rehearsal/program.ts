import { createRequire } from "node:module";
import { setImmediate as nextTurn } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";
import {
  type RegisterResourceRequest,
  RegisterResourceResponse,
  Result,
} from "@pulumi/pulumi/proto/resource_pb";

import { messageOf } from "../lab/engine/errors";
import { type Props, seconds } from "./entry";
import type { StackOutputs } from "./journal";
import type { Registration } from "./registration";
import type { Stack } from "./stack";

/** What the program is run as. */
export interface ProgramOptions {
  /** File whose exports are the stack's outputs. */
  readonly file: string;
  readonly project: string;
  readonly stack: string;
  /** Values as the Pulumi CLI hands them over: text as it is, anything else as JSON. */
  readonly config: Readonly<Record<string, string>>;
  readonly preview: boolean;
}

type Callback = (error: unknown, response?: RegisterResourceResponse) => void;
/** The part of Pulumi's mock monitor that is listened to: mocks are not told the options of a resource. */
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
}

/**
 * Runs the program on Pulumi's mocks, once in the life of this process. Each of its resources is brought about by the
 * stack when its turn comes. A resource that fails is unknown to the program from then on, and the stack has its error.
 */
export async function runProgram(stack: Stack, options: ProgramOptions): Promise<StackOutputs> {
  const requests = new Map<string, Omit<Registration, "inputs">>();
  await pulumi.runtime.setMocks(
    {
      call: ({ token, inputs }) =>
        stack.call(token, inputs as Props).catch((error: unknown) => {
          // Where the SDK looks for what the engine says.
          throw Object.assign(new Error(messageOf(error)), { details: messageOf(error) });
        }),
      newResource: async ({ type, name, inputs, custom }) => {
        const request = requests.get(`${type}::${name}`);
        if (!custom || !request) return { id: undefined, state: inputs as Props };
        const { id, state, secrets } = await stack.register(withInputs(request, inputs as Props));
        return { id, state: marked(state, secrets) };
      },
    },
    options.project,
    options.stack,
    options.preview,
  );
  pulumi.runtime.setAllConfig({ ...options.config });
  listen(pulumi.runtime.getMonitor() as unknown as Monitor, stack, requests);

  let exported: Props = {};
  const run = pulumi.runtime.runInPulumiStack(() => {
    exported = createRequire(__filename)(options.file) as Props;
    return Promise.resolve(exported);
  });
  const values: Props | undefined = await run.finally(() => pulumi.runtime.disconnect());
  // What nobody caught in the program is reported by Node in the next turn only.
  await nextTurn();
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(exported))
    if (await pulumi.isSecret(pulumi.output(value))) secrets.push(key);
  return { values: values ?? {}, secrets };
}

/** Takes the options from each request, and answers for what fails or cannot be run. */
function listen(monitor: Monitor, stack: Stack, requests: Map<string, Omit<Registration, "inputs">>): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const [type, name] = [request.getType(), request.getName()];
    const urn = monitor.newUrn(request.getParent(), type, name);
    if (!request.getCustom()) return register(request, callback);
    const dependencies = request.getDependenciesList();
    if (stack.isBlocked(urn, dependencies)) {
      callback(undefined, notDone(urn, Result.SKIP));
      return Promise.resolve();
    }
    if (requests.has(`${type}::${name}`))
      stack.fail(urn, type, name, new Error("the program has two of this type and name"));
    requests.set(`${type}::${name}`, {
      urn,
      type,
      name,
      dependencies,
      secrets: request.getAdditionalsecretoutputsList(),
      deletedWith: request.getDeletedwith() || undefined,
      deleteSeconds: seconds(request.getCustomtimeouts()?.getDelete()),
      ignoreChanges: request.getIgnorechangesList(),
    });
    return register(request, (error, response) => {
      if (error) stack.fail(urn, type, name, error);
      callback(undefined, error ? notDone(urn, Result.FAIL) : response);
    });
  };
}

/** Tells the SDK that the outputs are unknown, as an engine does that goes on after an error. */
function notDone(urn: string, result: Result): RegisterResourceResponse {
  return new RegisterResourceResponse().setUrn(urn).setResult(result);
}

function withInputs(request: Omit<Registration, "inputs">, raw: Props): Registration {
  const secret = Object.keys(raw).filter(key => pulumi.runtime.isRpcSecret(raw[key]));
  const inputs = Object.entries(raw).map(([key, value]) => [
    key,
    pulumi.runtime.unwrapRpcSecret(value) as unknown,
  ]);
  return {
    ...request,
    inputs: Object.fromEntries(inputs) as Props,
    secrets: [...request.secrets, ...secret],
  };
}

function marked(state: Props, secrets: readonly string[]): Props {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, secrets.includes(key) ? pulumi.secret(value) : value]),
  );
}
