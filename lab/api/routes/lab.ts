/**
 * `/lab`: what DigitalOcean does not have. Faults, the log of requests, and a summary for people. No token is
 * needed, nothing secret is answered, and no rate limit counts these.
 *
 * - `POST /lab/faults` arms a fault: `{method, path, status, times?, message?, after?, effect?}`, see `faults.ts`.
 * - `DELETE /lab/faults` disarms all.
 * - `GET /lab/requests?count=` answers the last requests, oldest first; `DELETE` forgets them.
 * - `GET /lab/status` sums up the lab.
 */
import { Type } from "@fastify/type-provider-typebox";
import type { App, Context } from "../context";
import { applies } from "../firewall-rules";
import type { DropletRecord } from "../records";
import type { Shape } from "../shapes";

const FaultBody = Type.Object({
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  times: Type.Optional(Type.Integer({ minimum: 1 })),
  message: Type.Optional(Type.String()),
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  effect: Type.Optional(Type.Union([Type.Literal("before"), Type.Literal("after")])),
});

/** The lab's own routes. */
export function labRoutes(app: App, context: Context): void {
  const { faults, requests } = context;

  app.post("/lab/faults", { schema: { body: FaultBody } }, (request, reply) => {
    faults.add(request.body);
    return reply.code(201).send({ faults: faults.size });
  });

  app.delete("/lab/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  const RequestsQuery = Type.Object({ count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) });
  app.get("/lab/requests", { schema: { querystring: RequestsQuery } }, request => ({
    requests: requests.last(request.query.count ?? 1000),
  }));

  app.delete("/lab/requests", (_request, reply) => {
    requests.clear();
    return reply.code(204).send();
  });

  app.get("/lab/status", () => status(context));
}

function status(context: Context): Shape {
  const { store, settings, lanes, faults, firewalls } = context;
  return {
    public_range: settings.publicRange,
    droplets: store.droplets.all().map(droplet => dropletSummary(context, droplet)),
    vpcs: store.vpcs.all().map(vpc => ({
      id: vpc.id,
      name: vpc.name,
      region: vpc.region,
      ip_range: vpc.range,
      default: vpc.isDefault,
      members: store.droplets.all().filter(droplet => droplet.vpcId === vpc.id).length,
    })),
    firewalls: store.firewalls.all().map(firewall => ({
      id: firewall.id,
      name: firewall.name,
      status: firewalls.progress(firewall).status,
      inbound_rules: firewall.inbound.length,
      outbound_rules: firewall.outbound.length,
      tags: firewall.tags,
      droplet_ids: firewall.dropletIds,
    })),
    reserved_ips: store.reservedIps.all().map(({ ip, region, dropletId }) => ({
      ip,
      region,
      droplet_id: dropletId,
    })),
    ssh_keys: store.keys.all().map(({ id, name, fingerprint }) => ({ id, name, fingerprint })),
    tags: store.tags.all().map(tag => tag.name),
    /** Machines and addresses that are being changed right now. */
    busy: lanes.busy,
    faults: faults.size,
  };
}

function dropletSummary({ store, actions }: Context, droplet: DropletRecord): Shape {
  return {
    id: droplet.id,
    name: droplet.name,
    status: droplet.status,
    deleting: droplet.deleting,
    locked: actions.pending({ resourceType: "droplet", resourceId: droplet.id }),
    region: droplet.region,
    size: droplet.size,
    image: droplet.image,
    tags: droplet.tags,
    public_address: droplet.publicAddress,
    private_address: droplet.privateAddress,
    reserved_ip: store.reservedIps.all().find(reserved => reserved.dropletId === droplet.id)?.ip ?? null,
    vpc_uuid: droplet.vpcId,
    firewalls: store.firewalls
      .all()
      .filter(firewall => applies(firewall, droplet))
      .map(firewall => firewall.name),
  };
}
