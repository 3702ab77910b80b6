/** `/v2/firewalls`: cloud firewalls as a whole. Their members and rules one by one are in `firewall-members.ts`. */
import { randomUUID } from "node:crypto";

import { Type } from "@fastify/type-provider-typebox";

import { timestamp } from "../actions";
import { type App, baseOf, type Context } from "../context";
import { notFound } from "../errors";
import { FirewallBody, readFirewall } from "../firewall-input";
import { PageQuery, paginate } from "../paging";
import type { FirewallRecord } from "../records";
import { firewallShape } from "../shapes";
import type { Store } from "../store";

/** The parameters of a path with a firewall's id. */
export const FirewallParams = Type.Object({ id: Type.String() });

/** @throws 404 if there is no such firewall. */
export function requireFirewall(store: Store, id: string): FirewallRecord {
  const firewall = store.firewalls.get(id);
  if (firewall === undefined) throw notFound();
  return firewall;
}

/** Firewalls: create, list, get, replace, delete. */
export function firewallRoutes(app: App, context: Context): void {
  const { store, firewalls } = context;
  const params = FirewallParams;
  const changed = (): void => {
    store.changed();
    firewalls.changed();
  };

  app.post("/v2/firewalls", { schema: { body: FirewallBody } }, (request, reply) => {
    const firewall: FirewallRecord = {
      id: randomUUID(),
      ...readFirewall(store, request.body),
      createdAt: timestamp(),
    };
    store.firewalls.put(firewall);
    changed();
    return reply.code(202).send({ firewall: firewallShape(context, firewall) });
  });

  app.get("/v2/firewalls", { schema: { querystring: PageQuery } }, request => {
    const { items, links, meta } = paginate(
      store.firewalls.all(),
      request.query,
      request.url,
      baseOf(request),
    );
    return { firewalls: items.map(firewall => firewallShape(context, firewall)), links, meta };
  });

  app.get("/v2/firewalls/:id", { schema: { params } }, request => ({
    firewall: firewallShape(context, requireFirewall(store, request.params.id)),
  }));

  app.put("/v2/firewalls/:id", { schema: { params, body: FirewallBody } }, request => {
    const firewall = requireFirewall(store, request.params.id);
    Object.assign(firewall, readFirewall(store, request.body, firewall));
    changed();
    return { firewall: firewallShape(context, firewall) };
  });

  app.delete("/v2/firewalls/:id", { schema: { params } }, (request, reply) => {
    store.firewalls.delete(requireFirewall(store, request.params.id).id);
    changed();
    return reply.code(204).send();
  });
}
