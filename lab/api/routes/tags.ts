/** `/v2/tags`, and what carries them: droplets and volumes. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { type App, baseOf, type Context } from "../context";
import { notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { DropletRecord, TagRecord, VolumeRecord } from "../records";
import { tagShape } from "../shapes";
import { ensureTag } from "../tagging";

const Resources = Type.Object({
  resources: Type.Array(
    Type.Object({
      resource_id: Type.Union([Type.String(), Type.Integer()]),
      resource_type: Type.String(),
    }),
    { minItems: 1 },
  ),
});

/** Tags; a change of a droplet's tags changes the firewalls that apply to it. */
export function tagRoutes(app: App, context: Context): void {
  const { store, firewalls } = context;
  const params = Type.Object({ name: Type.String() });
  const find = (name: string): TagRecord => {
    const tag = store.tags.get(name);
    if (tag === undefined) throw notFound();
    return tag;
  };
  const resources = (body: Static<typeof Resources>): (DropletRecord | VolumeRecord)[] =>
    body.resources.map(({ resource_id, resource_type }) => {
      if (resource_type !== "droplet" && resource_type !== "volume") {
        throw unprocessable(`the lab has no tags on resources of type ${resource_type}`);
      }
      const found =
        resource_type === "droplet"
          ? store.droplets.get(Number(resource_id))
          : store.volumes.get(String(resource_id));
      if (found === undefined) throw notFound();
      return found;
    });
  const changed = (): void => {
    store.changed();
    firewalls.changed();
  };

  app.post("/v2/tags", { schema: { body: Type.Object({ name: Type.String() }) } }, (request, reply) => {
    // The provider creates a tag each time it tags a droplet, so one that exists is no error.
    const tag = ensureTag(store, request.body.name);
    return reply.code(201).send({ tag: tagShape(context, tag, baseOf(request)) });
  });

  app.get("/v2/tags", { schema: { querystring: PageQuery } }, request => {
    const base = baseOf(request);
    const { items, links, meta } = paginate(store.tags.all(), request.query, request.url, base);
    return { tags: items.map(tag => tagShape(context, tag, base)), links, meta };
  });

  app.get("/v2/tags/:name", { schema: { params } }, request => ({
    tag: tagShape(context, find(request.params.name), baseOf(request)),
  }));

  app.delete("/v2/tags/:name", { schema: { params } }, (request, reply) => {
    const { name } = find(request.params.name);
    const others = (tags: readonly string[]): string[] => tags.filter(tag => tag !== name);
    store.tags.delete(name);
    for (const tagged of [...store.droplets.all(), ...store.volumes.all()]) tagged.tags = others(tagged.tags);
    for (const firewall of store.firewalls.all()) {
      firewall.tags = others(firewall.tags);
      for (const { target } of [...firewall.inbound, ...firewall.outbound]) {
        if (target.tags !== undefined) target.tags = others(target.tags);
      }
    }
    changed();
    return reply.code(204).send();
  });

  app.post("/v2/tags/:name/resources", { schema: { params, body: Resources } }, (request, reply) => {
    const { name } = find(request.params.name);
    for (const found of resources(request.body)) found.tags = [...new Set([...found.tags, name])];
    changed();
    return reply.code(204).send();
  });

  app.delete("/v2/tags/:name/resources", { schema: { params, body: Resources } }, (request, reply) => {
    const { name } = find(request.params.name);
    for (const found of resources(request.body)) found.tags = found.tags.filter(tag => tag !== name);
    changed();
    return reply.code(204).send();
  });
}
