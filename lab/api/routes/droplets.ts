/** `/v2/droplets`: reading and deleting. Creating is in `droplet-create.ts`. */
import { Type } from "@fastify/type-provider-typebox";

import { type App, baseOf, type Context } from "../context";
import { ApiError, notFound } from "../errors";
import { applies } from "../firewall-rules";
import { PageQuery, paginate } from "../paging";
import type { DropletRecord } from "../records";
import { dropletShape, firewallShape } from "../shapes";
import type { Store } from "../store";

/** The parameters of a path with a droplet's id. */
export const DropletParams = Type.Object({ id: Type.Integer() });

/** @throws 404 if there is no such droplet. */
export function requireDroplet(store: Store, id: number): DropletRecord {
  const droplet = store.droplets.get(id);
  if (droplet === undefined) throw notFound();
  return droplet;
}

/** Droplets: list, get, delete. */
export function dropletRoutes(app: App, context: Context): void {
  const { store, machines, unseen } = context;
  const ListQuery = Type.Object({
    ...PageQuery.properties,
    tag_name: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
  });
  const withTag = (tag: string): DropletRecord[] =>
    store.droplets.all().filter(droplet => droplet.tags.includes(tag));
  // A removal that is under way is asked for again when a client's connection broke: that is no error.
  const remove = (droplet: DropletRecord): void => {
    if (!droplet.deleting) machines.remove(droplet);
  };

  app.get("/v2/droplets", { schema: { querystring: ListQuery } }, request => {
    const { tag_name, name } = request.query;
    const all = (tag_name === undefined ? store.droplets.all() : withTag(tag_name)).filter(
      droplet => name === undefined || droplet.name.toLowerCase() === name.toLowerCase(),
    );
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { droplets: items.map(droplet => dropletShape(context, droplet)), links, meta };
  });

  app.get("/v2/droplets/:id", { schema: { params: DropletParams } }, request => {
    unseen.check(`droplets/${request.params.id}`);
    return { droplet: dropletShape(context, requireDroplet(store, request.params.id)) };
  });

  app.delete("/v2/droplets/:id", { schema: { params: DropletParams } }, (request, reply) => {
    remove(requireDroplet(store, request.params.id));
    return reply.code(204).send();
  });

  const DeleteQuery = Type.Object({ tag_name: Type.Optional(Type.String()) });
  app.delete("/v2/droplets", { schema: { querystring: DeleteQuery } }, (request, reply) => {
    const { tag_name } = request.query;
    // Without a tag this would be every droplet of the account.
    if (tag_name === undefined || tag_name === "") throw new ApiError(400, "tag_name is required");
    withTag(tag_name).forEach(remove);
    return reply.code(204).send();
  });

  app.get(
    "/v2/droplets/:id/firewalls",
    { schema: { params: DropletParams, querystring: PageQuery } },
    request => {
      const droplet = requireDroplet(store, request.params.id);
      const all = store.firewalls.all().filter(firewall => applies(firewall, droplet));
      const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
      return { firewalls: items.map(firewall => firewallShape(context, firewall)), links, meta };
    },
  );
}
