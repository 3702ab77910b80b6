import * as pulumi from "@pulumi/pulumi";
import {
  type RegisterResourceRequest,
  type RegisterResourceResponse,
  TransformRequest,
  TransformResourceOptions,
  type TransformResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { getCallbacks } from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";

type Callback = (error: unknown, response?: RegisterResourceResponse) => void;
interface Monitor {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(request: RegisterResourceRequest, callback: Callback): Promise<void>;
}
/** What the SDK answers the engine with, for each transform that it has told it of. */
type Answers = ReadonlyMap<string, (request: Uint8Array) => Promise<TransformResponse>>;

/**
 * Lets the mocks do what the engine does with `transforms`, which they know nothing of: a resource is registered as the
 * transforms make it that were given to itself, then those of its parent, and so on.
 */
export function callTransforms(): void {
  const { getStore } = state as unknown as { getStore: () => { supportsTransforms: boolean } };
  getStore().supportsTransforms = true;
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  const known = new Map<string, { readonly parent: string; readonly tokens: readonly string[] }>();
  monitor.registerResource = async (request, callback) => {
    const parent = request.getParent();
    const tokens = request.getTransformsList().map(transform => transform.getToken());
    known.set(monitor.newUrn(parent, request.getType(), request.getName()), { parent, tokens });
    const all = [...tokens];
    for (let above = known.get(parent); above; above = known.get(above.parent)) all.push(...above.tokens);
    for (const token of all) await transform(request, token);
    return register(request, callback);
  };
}

async function transform(request: RegisterResourceRequest, token: string): Promise<void> {
  const { _callbacks: answers } = getCallbacks() as unknown as { readonly _callbacks: Answers };
  const asked = new TransformRequest()
    .setType(request.getType())
    .setName(request.getName())
    .setCustom(request.getCustom())
    .setParent(request.getParent())
    .setProperties(request.getObject())
    .setOptions(
      new TransformResourceOptions()
        .setIgnoreChangesList(request.getIgnorechangesList())
        .setProtect(request.getProtect() ?? false),
    );
  const answer = await answers.get(token)?.(asked.serializeBinary());
  const [properties, options] = [answer?.getProperties(), answer?.getOptions()];
  if (!properties || !options) throw new Error(`the transform of ${request.getName()} gave no answer`);
  request.setObject(properties);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setProtect(options.getProtect() ?? false);
}
