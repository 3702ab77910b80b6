/** `/v2/vpcs`: private networks. */
import { Type } from "@fastify/type-provider-typebox";

import { requireRegion } from "../catalog";
import { type App, baseOf, type Context } from "../context";
import { ApiError, notFound } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { DropletRecord, VpcRecord } from "../records";
import { vpcShape } from "../shapes";
import { checkVpcName, createVpc } from "../vpcs";

const Name = Type.String({ pattern: "^[a-zA-Z0-9.-]+$", maxLength: 255 });
const Description = Type.String({ maxLength: 255 });
const CreateBody = Type.Object({
  name: Name,
  region: Type.String(),
  description: Type.Optional(Description),
  ip_range: Type.Optional(Type.String()),
});
const UpdateBody = Type.Object({
  name: Type.Optional(Name),
  description: Type.Optional(Description),
  default: Type.Optional(Type.Boolean()),
});

/** VPC networks and their members. */
export function vpcRoutes(app: App, context: Context): void {
  const { store, hosts, lanes, behaviour, addresses } = context;
  const params = Type.Object({ id: Type.String() });
  const find = (id: string): VpcRecord => {
    const vpc = store.vpcs.get(id);
    if (vpc === undefined) throw notFound();
    return vpc;
  };
  const members = (vpc: VpcRecord): DropletRecord[] =>
    store.droplets.all().filter(droplet => droplet.vpcId === vpc.id);

  app.post("/v2/vpcs", { schema: { body: CreateBody } }, async (request, reply) => {
    const { name, region, description = "", ip_range } = request.body;
    requireRegion(region);
    const vpc = await createVpc(context, { name, region, description, range: ip_range });
    return reply.code(201).send({ vpc: vpcShape(vpc) });
  });

  app.get("/v2/vpcs", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(store.vpcs.all(), request.query, request.url, baseOf(request));
    return { vpcs: items.map(vpcShape), links, meta };
  });

  app.get("/v2/vpcs/:id", { schema: { params } }, request => ({ vpc: vpcShape(find(request.params.id)) }));

  app.route({
    method: ["PUT", "PATCH"],
    url: "/v2/vpcs/:id",
    schema: { params, body: UpdateBody },
    handler: request => {
      const vpc = find(request.params.id);
      const { name = vpc.name, description = vpc.description, default: makeDefault } = request.body;
      checkVpcName(store, name, vpc);
      Object.assign(vpc, { name, description });
      // It can be made the default, and stops being so only when another one is.
      if (makeDefault === true) {
        for (const other of store.vpcs.all()) {
          if (other.region === vpc.region) other.isDefault = other === vpc;
        }
      }
      store.changed();
      return { vpc: vpcShape(vpc) };
    },
  });

  app.delete("/v2/vpcs/:id", { schema: { params } }, async (request, reply) => {
    await lanes.run("vpcs", async () => {
      const vpc = find(request.params.id);
      if (vpc.isDefault) throw new ApiError(403, "Can not delete default VPCs");
      // As reports have it, long after the last one went.
      const leaving = Date.now() - (vpc.memberLeftAt ?? 0) < behaviour.now.membersMs;
      if (leaving || members(vpc).length > 0) throw new ApiError(403, "Can not delete VPC with members");
      // Taken from the records first, so that no droplet is put into it while its network is being removed.
      store.vpcs.delete(vpc.id);
      try {
        await hosts.removeNetwork({ id: vpc.id, range: vpc.range });
      } catch (error) {
        store.vpcs.put(vpc);
        throw error;
      }
      addresses.forget(vpc.id);
      store.changed();
    });
    return reply.code(204).send();
  });

  const MembersQuery = Type.Object({
    ...PageQuery.properties,
    resource_type: Type.Optional(Type.String()),
  });
  app.get("/v2/vpcs/:id/members", { schema: { params, querystring: MembersQuery } }, request => {
    const { resource_type = "droplet" } = request.query;
    const all = resource_type === "droplet" ? members(find(request.params.id)) : [];
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return {
      members: items.map(droplet => ({
        urn: `do:droplet:${droplet.id}`,
        name: droplet.name,
        created_at: droplet.createdAt,
      })),
      links,
      meta,
    };
  });
}
