/**
 * `/lab`: what DigitalOcean does not have. Faults, the log of requests, and a summary for people. No token is
 * needed, nothing secret is answered, and no rate limit counts these.
 *
 * - `POST /lab/faults` arms a fault: `{method, path, status, times?, message?, after?, effect?}`, see `faults.ts`.
 * - `DELETE /lab/faults` disarms all.
 * - `POST /lab/behaviour` makes the lab more unkind, or kinder, see `behaviour.ts`; `DELETE` as usual again.
 * - `GET /lab/requests?count=` answers the last requests, oldest first; `DELETE` forgets them.
 * - `GET /lab/status` sums up the lab. `GET /lab/addresses?count=` answers the addresses that come next.
 * - `POST /lab/seed` puts somebody else's things into the account, see `seed.ts`, or makes them as they were; `GET` says
 *   which are gone or changed; `DELETE` makes the account a new one, with nothing in it.
 */
import { Type } from "@fastify/type-provider-typebox";

import { PUBLIC_POOL, type Source, takenAddresses } from "../address-pools";
import type { App, Context } from "../context";
import { applies } from "../firewall-rules";
import type { DropletRecord } from "../records";
import { seed } from "../seed";
import { emptyAccount, isSeeded, touched } from "../seeded";
import type { Shape } from "../shapes";
import { reservedSource } from "./reserved-ips";

const FaultBody = Type.Object({
  method: Type.String(),
  path: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  times: Type.Optional(Type.Integer({ minimum: 1 })),
  message: Type.Optional(Type.String()),
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  effect: Type.Optional(Type.Union([Type.Literal("before"), Type.Literal("after")])),
});

const Milliseconds = Type.Integer({ minimum: 0, maximum: 3_600_000 });
const BehaviourBody = Type.Partial(
  Type.Object({
    responseMs: Milliseconds,
    actionMs: Milliseconds,
    removalMs: Milliseconds,
    membersMs: Milliseconds,
    unseen: Type.Integer({ minimum: 0 }),
    reuseAddresses: Type.Boolean(),
  }),
  { additionalProperties: false },
);

/** The lab's own routes. */
export function labRoutes(app: App, context: Context): void {
  const { faults, requests, behaviour, firewalls, store } = context;

  app.post("/lab/faults", { schema: { body: FaultBody } }, (request, reply) => {
    faults.add(request.body);
    return reply.code(201).send({ faults: faults.size });
  });

  app.delete("/lab/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  app.post("/lab/behaviour", { schema: { body: BehaviourBody } }, request => {
    behaviour.change(request.body);
    return behaviour.now;
  });

  app.delete("/lab/behaviour", (_request, reply) => {
    behaviour.reset();
    return reply.code(204).send();
  });

  app.post("/lab/seed", async (_request, reply) => {
    await context.lanes.run("seed", () => seed(context));
    return reply.code(201).send({ seeded: store.seeded.size });
  });

  app.get("/lab/seed", () => ({ seeded: store.seeded.size, touched: touched(store) }));

  app.delete("/lab/seed", async (_request, reply) => {
    await context.lanes.run("seed", () => emptyAccount(context));
    store.changed();
    firewalls.changed();
    return reply.code(204).send();
  });

  const CountQuery = Type.Object({ count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) });
  app.get("/lab/addresses", { schema: { querystring: CountQuery } }, request =>
    addressesToCome(context, request.query.count ?? 1),
  );

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

/** What the next droplets and the next reserved IPs would get, in this order, if only they were made. */
function addressesToCome({ store, settings, addresses }: Context, count: number): Shape {
  const next = (source: Source): string[] => {
    const taken = takenAddresses(store);
    const found: string[] = [];
    for (let i = 0; i < count; i++) {
      const address = addresses.next(source, taken);
      if (address === undefined) break;
      taken.add(address);
      found.push(address);
    }
    return found;
  };
  return {
    public: next({ pool: PUBLIC_POOL, range: settings.publicRange }),
    reserved: next(reservedSource(settings)),
  };
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
      seeded: isSeeded(store, "vpcs", vpc.id),
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
      seeded: isSeeded(store, "firewalls", firewall.id),
    })),
    reserved_ips: store.reservedIps.all().map(({ ip, region, dropletId }) => ({
      ip,
      region,
      droplet_id: dropletId,
    })),
    volumes: store.volumes.all().map(({ id, name, region, size, dropletId }) => ({
      id,
      name,
      region,
      size_gigabytes: size,
      droplet_id: dropletId,
    })),
    projects: store.projects.all().map(({ id, name, isDefault }) => ({ id, name, default: isDefault })),
    ssh_keys: store.keys.all().map(({ id, name, fingerprint }) => ({
      id,
      name,
      fingerprint,
      seeded: isSeeded(store, "keys", id),
    })),
    tags: store.tags.all().map(({ name }) => ({ name, seeded: isSeeded(store, "tags", name) })),
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
    seeded: isSeeded(store, "droplets", droplet.id),
    firewalls: store.firewalls
      .all()
      .filter(firewall => applies(firewall, droplet))
      .map(firewall => firewall.name),
  };
}
