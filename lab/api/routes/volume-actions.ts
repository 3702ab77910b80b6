/** `/v2/volumes/:id/actions`, and `/v2/volumes/actions` by name: attach, detach, resize. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { type App, baseOf, type Context } from "../context";
import { notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { ActionRecord, DropletRecord, VolumeRecord } from "../records";
import { actionShape } from "../shapes";
import { ensureTag } from "../tagging";
import {
  asHostVolume,
  checkAttachable,
  checkResize,
  hostVolumes,
  noteMounted,
  requireVolume,
  volumeNamed,
  volumesOf,
} from "../volumes";
import { requireDroplet } from "./droplets";
import { VolumeParams } from "./volumes";

const ActionBody = Type.Object({
  type: Type.String(),
  droplet_id: Type.Optional(Type.Integer()),
  region: Type.Optional(Type.String()),
  size_gigabytes: Type.Optional(Type.Integer()),
  tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
});
type ActionRequest = Static<typeof ActionBody>;

/** A volume's actions. */
export function volumeActionRoutes(app: App, context: Context): void {
  const { store, actions } = context;

  app.post(
    "/v2/volumes/:id/actions",
    { schema: { params: VolumeParams, body: ActionBody } },
    (request, reply) => {
      const action = act(context, requireVolume(store, request.params.id), request.body);
      return reply.code(202).send({ action: actionShape(action) });
    },
  );

  const ByName = Type.Object({
    ...ActionBody.properties,
    volume_name: Type.String(),
    region: Type.String(),
  });
  app.post("/v2/volumes/actions", { schema: { body: ByName } }, (request, reply) => {
    const { volume_name, ...body } = request.body;
    const volume = volumeNamed(store, volume_name, body.region);
    if (volume === undefined) throw notFound();
    if (body.type === "resize") throw unprocessable("A volume is resized by its id.");
    return reply.code(202).send({ action: actionShape(act(context, volume, body)) });
  });

  app.get(
    "/v2/volumes/:id/actions",
    { schema: { params: VolumeParams, querystring: PageQuery } },
    request => {
      const all = actions.of({
        resourceType: "volume",
        resourceId: requireVolume(store, request.params.id).id,
      });
      const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
      return { actions: items.map(actionShape), links, meta };
    },
  );

  const params = Type.Object({ ...VolumeParams.properties, actionId: Type.Integer() });
  app.get("/v2/volumes/:id/actions/:actionId", { schema: { params } }, request => {
    const { id, actionId } = request.params;
    const action = store.actions.get(actionId);
    if (action?.resourceType !== "volume" || action.resourceId !== id) throw notFound();
    return { action: actionShape(action) };
  });
}

function act(context: Context, volume: VolumeRecord, body: ActionRequest): ActionRecord {
  if (body.region !== undefined && body.region !== "" && body.region !== volume.region) {
    throw unprocessable(`The volume is not in the region ${body.region}.`);
  }
  switch (body.type) {
    case "attach":
      return attach(context, volume, dropletOf(context, body.droplet_id), body.tags ?? []);
    case "detach":
      return detach(context, volume, body.droplet_id);
    case "resize":
      return resize(context, volume, body.size_gigabytes);
    default:
      throw unprocessable(`The lab does not know the action ${body.type}.`);
  }
}

function dropletOf({ store }: Context, id: number | undefined): DropletRecord {
  if (id === undefined) throw unprocessable("droplet_id is required");
  return requireDroplet(store, id);
}

function attach(
  context: Context,
  volume: VolumeRecord,
  droplet: DropletRecord,
  tags: readonly string[],
): ActionRecord {
  const { store, hosts, machines } = context;
  checkIdle(context, volume);
  checkAttachable(context, volume, droplet);
  volume.tags = [...new Set([...volume.tags, ...tags.map(name => ensureTag(store, name).name)])];
  volume.nextDropletId = droplet.id;
  const action = start(context, "attach_volume", volume, droplet.id);
  machines.run(droplet, action, async () => {
    try {
      if (droplet.deleting) throw new Error("it is being deleted");
      // One that is off gets its volumes when it is powered on.
      if (droplet.status === "active") {
        await hosts.setVolumes(droplet.id, hostVolumes(store, droplet.id));
        noteMounted(store, droplet.id);
      }
      volume.dropletId = droplet.id;
    } finally {
      volume.nextDropletId = null;
    }
  });
  return action;
}

function detach(context: Context, volume: VolumeRecord, dropletId: number | undefined): ActionRecord {
  const { store, hosts, machines, actions } = context;
  const droplet = dropletId === undefined ? undefined : store.droplets.get(dropletId);
  if (droplet === undefined || volume.dropletId !== dropletId) throw unprocessable("Attachment not found");
  if (droplet.deleting || actions.pending({ resourceType: "droplet", resourceId: droplet.id })) {
    throw unprocessable("Droplet already has a pending event.");
  }
  checkIdle(context, volume);
  const action = start(context, "detach_volume", volume, droplet.id);
  machines.run(droplet, action, async () => {
    const others = volumesOf(store, droplet.id).filter(({ id }) => id !== volume.id);
    if (droplet.status === "active") await hosts.setVolumes(droplet.id, others.map(asHostVolume));
    volume.dropletId = null;
  });
  return action;
}

function resize(context: Context, volume: VolumeRecord, size: number | undefined): ActionRecord {
  const { store, hosts, machines } = context;
  if (size === undefined) throw unprocessable("size_gigabytes is required");
  checkResize(store, volume, size);
  checkIdle(context, volume);
  const action = start(context, "resize", volume);
  machines.runOn(`volume/${volume.id}`, action, async () => {
    await hosts.resizeVolume(volume.id, size);
    volume.size = size;
  });
  return action;
}

/** @throws 422 while another operation on the volume is under way. */
function checkIdle({ actions }: Context, { id }: VolumeRecord): void {
  if (actions.pending({ resourceType: "volume", resourceId: id })) {
    throw unprocessable("The volume already has a pending event.");
  }
}

function start({ actions }: Context, type: string, volume: VolumeRecord, dropletId?: number): ActionRecord {
  return actions.start(type, {
    resourceType: "volume",
    resourceId: volume.id,
    region: volume.region,
    ...(dropletId === undefined ? {} : { dropletId }),
  });
}
