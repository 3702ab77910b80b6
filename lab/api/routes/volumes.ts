/** `/v2/volumes`: block storage. What is done to a volume later is in `volume-actions.ts`. */
import { randomUUID } from "node:crypto";

import { type Static, Type } from "@fastify/type-provider-typebox";

import { timestamp } from "../actions";
import { requireRegion } from "../catalog";
import { type App, baseOf, type Context } from "../context";
import { ApiError, notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import { assignment } from "../projects";
import type { VolumeRecord } from "../records";
import { volumeShape } from "../shapes";
import { checkTagName, ensureTag } from "../tagging";
import { checkRoom, checkVolume, isTaken, requireVolume, volumeNamed } from "../volumes";

/** The parameters of a path with a volume's id. */
export const VolumeParams = Type.Object({ id: Type.String() });

const CreateBody = Type.Object({
  name: Type.String(),
  region: Type.String(),
  size_gigabytes: Type.Integer(),
  description: Type.Optional(Type.String()),
  snapshot_id: Type.Optional(Type.String()),
  // The provider sends empty texts for what is not set.
  filesystem_type: Type.Optional(Type.Enum(["", "ext4", "xfs"])),
  filesystem_label: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
});

/** Volumes: create, list, get, delete. */
export function volumeRoutes(app: App, context: Context): void {
  const { store, lanes } = context;

  app.post("/v2/volumes", { schema: { body: CreateBody } }, async (request, reply) => {
    // One at a time: two that are created together must not have the same name.
    const volume = await lanes.run("volumes", () => create(context, request.body));
    return reply.code(201).send({ volume: volumeShape(volume) });
  });

  const ListQuery = Type.Object({
    ...PageQuery.properties,
    name: Type.Optional(Type.String()),
    region: Type.Optional(Type.String()),
  });
  app.get("/v2/volumes", { schema: { querystring: ListQuery } }, request => {
    const { name, region } = request.query;
    const all = store.volumes
      .all()
      .filter(volume => name === undefined || volume.name === name)
      .filter(volume => region === undefined || volume.region === region);
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { volumes: items.map(volumeShape), links, meta };
  });

  app.get("/v2/volumes/:id", { schema: { params: VolumeParams } }, request => ({
    volume: volumeShape(requireVolume(store, request.params.id)),
  }));

  app.delete("/v2/volumes/:id", { schema: { params: VolumeParams } }, async (request, reply) => {
    await remove(context, requireVolume(store, request.params.id));
    return reply.code(204).send();
  });

  const ByName = Type.Object({ name: Type.String(), region: Type.String() });
  app.delete("/v2/volumes", { schema: { querystring: ByName } }, async (request, reply) => {
    const volume = volumeNamed(store, request.query.name, request.query.region);
    if (volume === undefined) throw notFound();
    await remove(context, volume);
    return reply.code(204).send();
  });
}

async function create(context: Context, body: Static<typeof CreateBody>): Promise<VolumeRecord> {
  const { store, hosts } = context;
  if (body.snapshot_id !== undefined && body.snapshot_id !== "") {
    throw unprocessable("The lab has no snapshots of volumes.");
  }
  const filesystem =
    body.filesystem_type === undefined || body.filesystem_type === "" ? undefined : body.filesystem_type;
  const tags = body.tags ?? [];
  tags.forEach(checkTagName);
  const wanted = {
    id: randomUUID(),
    name: body.name,
    region: requireRegion(body.region).slug,
    size: body.size_gigabytes,
    filesystem,
    label: body.filesystem_label ?? "",
  };
  checkVolume(wanted);
  checkRoom(context, wanted);
  await hosts.createVolume(wanted);
  const volume: VolumeRecord = {
    ...wanted,
    description: body.description ?? "",
    tags: [...new Set(tags.map(name => ensureTag(store, name).name))],
    dropletId: null,
    nextDropletId: null,
    mounted: false,
    project: assignment(store),
    createdAt: timestamp(),
  };
  store.volumes.put(volume);
  store.changed();
  return volume;
}

async function remove({ store, hosts, actions }: Context, volume: VolumeRecord): Promise<void> {
  if (isTaken(volume)) {
    throw new ApiError(
      409,
      "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting.",
    );
  }
  if (actions.pending({ resourceType: "volume", resourceId: volume.id })) {
    throw new ApiError(409, "The volume has a pending event.");
  }
  // Taken from the records first, so that it is not attached while it is being removed.
  store.volumes.delete(volume.id);
  try {
    await hosts.removeVolume(volume.id);
  } catch (error) {
    store.volumes.put(volume);
    throw error;
  }
  store.changed();
}
