/** `/v2/reserved_ips`: addresses that move between droplets. */
import { Type } from "@fastify/type-provider-typebox";

import { PUBLIC_POOL, RESERVED_POOL, type Source, takenAddresses } from "../address-pools";
import { toNumber } from "../addresses";
import { requireRegion } from "../catalog";
import { type App, baseOf, type Context, type Settings } from "../context";
import { ApiError, notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import { assignment } from "../projects";
import type { ActionRecord, DropletRecord, ReservedIpRecord } from "../records";
import { actionShape, reservedIpShape } from "../shapes";

const CreateBody = Type.Object({
  region: Type.Optional(Type.String()),
  droplet_id: Type.Optional(Type.Integer()),
  project_id: Type.Optional(Type.String()),
});
const ActionBody = Type.Object({ type: Type.String(), droplet_id: Type.Optional(Type.Integer()) });

/** Reserved IPs and their actions. */
export function reservedIpRoutes(app: App, context: Context): void {
  const { store, actions, machines, settings, addresses, unseen } = context;
  const params = Type.Object({ ip: Type.String() });
  const find = (ip: string): ReservedIpRecord => {
    const reserved = store.reservedIps.get(ip);
    if (reserved === undefined) throw notFound();
    return reserved;
  };
  const target = (reserved: ReservedIpRecord) => ({
    resourceType: "reserved_ip" as const,
    resourceId: toNumber(reserved.ip),
  });
  const start = (reserved: ReservedIpRecord, to: DropletRecord | null): ActionRecord => {
    const type = to === null ? "unassign_ip" : "assign_ip";
    const action = actions.start(type, { ...target(reserved), region: reserved.region });
    machines.assign(reserved, to, action);
    return action;
  };

  app.post("/v2/reserved_ips", { schema: { body: CreateBody } }, (request, reply) => {
    const { region, droplet_id, project_id } = request.body;
    const project = assignment(store, project_id);
    const droplet = droplet_id === undefined ? null : assignable(context, droplet_id);
    const slug = droplet?.region ?? region;
    if (slug === undefined) throw unprocessable("region or droplet_id is required");
    requireRegion(slug);
    if (store.reservedIps.size >= settings.reservedIpLimit) {
      throw unprocessable("You have reached the limit of reserved IPs of your account.");
    }
    const ip = freeAddress(context);
    const reserved: ReservedIpRecord = {
      ip,
      region: slug,
      dropletId: null,
      nextDropletId: null,
      locked: false,
      project,
    };
    store.reservedIps.put(reserved);
    unseen.add(`reserved_ips/${ip}`);
    store.changed();
    const action = droplet === null ? undefined : start(reserved, droplet);
    const base = baseOf(request);
    const links =
      droplet === null || action === undefined
        ? {}
        : {
            droplets: [{ id: droplet.id, rel: "droplet", href: `${base}/v2/droplets/${droplet.id}` }],
            actions: [{ id: action.id, rel: "assign_ip", href: `${base}/v2/actions/${action.id}` }],
          };
    return reply.code(202).send({ reserved_ip: reservedIpShape(context, reserved), links });
  });

  app.get("/v2/reserved_ips", { schema: { querystring: PageQuery } }, request => {
    const all = store.reservedIps.all();
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { reserved_ips: items.map(reserved => reservedIpShape(context, reserved)), links, meta };
  });

  app.get("/v2/reserved_ips/:ip", { schema: { params } }, request => {
    unseen.check(`reserved_ips/${request.params.ip}`);
    return { reserved_ip: reservedIpShape(context, find(request.params.ip)) };
  });

  app.delete("/v2/reserved_ips/:ip", { schema: { params } }, async (request, reply) => {
    const reserved = find(request.params.ip);
    checkUnlocked(reserved);
    if (reserved.dropletId !== null) {
      start(reserved, null);
      await context.lanes.run(`reserved_ip/${reserved.ip}`, () => Promise.resolve());
      // Its address must not be given to another while a droplet still has it; why it has is in the log.
      if (store.reservedIps.get(reserved.ip)?.dropletId !== null) {
        throw new ApiError(500, "The reserved IP could not be unassigned.");
      }
    }
    store.reservedIps.delete(reserved.ip);
    addresses.free(reservedSource(settings).pool, reserved.ip);
    store.changed();
    return reply.code(204).send();
  });

  app.post("/v2/reserved_ips/:ip/actions", { schema: { params, body: ActionBody } }, (request, reply) => {
    const reserved = find(request.params.ip);
    const { type, droplet_id } = request.body;
    checkUnlocked(reserved);
    let to: DropletRecord | null = null;
    if (type === "assign") {
      if (droplet_id === undefined) throw unprocessable("droplet_id is required");
      to = assignable(context, droplet_id, reserved);
    } else if (type !== "unassign") {
      throw unprocessable(`The lab does not know the action ${type}.`);
    } else if (reserved.dropletId === null) {
      throw unprocessable("The reserved IP is not assigned to a Droplet.");
    }
    return reply.code(201).send({ action: actionShape(start(reserved, to)) });
  });

  app.get("/v2/reserved_ips/:ip/actions", { schema: { params, querystring: PageQuery } }, request => {
    const all = actions.of(target(find(request.params.ip)));
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { actions: items.map(actionShape), links, meta };
  });

  const actionParams = Type.Object({ ...params.properties, actionId: Type.Integer() });
  app.get("/v2/reserved_ips/:ip/actions/:actionId", { schema: { params: actionParams } }, request => {
    const { resourceType, resourceId } = target(find(request.params.ip));
    const action = store.actions.get(request.params.actionId);
    if (action?.resourceType !== resourceType || action.resourceId !== resourceId) throw notFound();
    return { action: actionShape(action) };
  });
}

function checkUnlocked(reserved: ReservedIpRecord): void {
  if (reserved.locked) throw unprocessable("The reserved IP already has a pending event.");
}

/** The droplet, if this reserved IP may go there. @throws 422 if it is unknown, busy, elsewhere, or holds another one. */
function assignable({ store, actions }: Context, id: number, reserved?: ReservedIpRecord): DropletRecord {
  const droplet = store.droplets.get(id);
  if (droplet === undefined || droplet.deleting) throw unprocessable("The Droplet does not exist.");
  if (actions.pending({ resourceType: "droplet", resourceId: id })) {
    throw unprocessable("Droplet already has a pending event.");
  }
  if (reserved !== undefined && reserved.region !== droplet.region) {
    throw unprocessable("The Droplet and the reserved IP must be in the same region.");
  }
  const holdsAnother = store.reservedIps
    .all()
    .some(other => other !== reserved && (other.dropletId === id || other.nextDropletId === id));
  if (holdsAnother) throw unprocessable("The Droplet already has a reserved IP.");
  return droplet;
}

/** Reserved IPs come from the upper end of the public range, unless they have one of their own. */
export function reservedSource({ publicRange, reservedRange }: Settings): Source {
  return reservedRange === undefined
    ? { pool: PUBLIC_POOL, range: publicRange, from: "high" }
    : { pool: RESERVED_POOL, range: reservedRange };
}

function freeAddress({ store, settings, addresses }: Context): string {
  const ip = addresses.next(reservedSource(settings), takenAddresses(store));
  if (ip === undefined) throw unprocessable("There is no free address for a reserved IP.");
  return ip;
}
