/** `/v2/firewalls/:id/{droplets,tags,rules}`: adding to a firewall and taking away from it. */
import { isDeepStrictEqual } from "node:util";

import type { App, Context } from "../context";
import { unprocessable } from "../errors";
import {
  checkLimits,
  DropletIdsBody,
  type FirewallContent,
  readDropletIds,
  readRules,
  RulesBody,
  TagsBody,
} from "../firewall-input";
import type { FirewallRecord, FirewallRule } from "../records";
import { requireTags } from "../tagging";
import { FirewallParams, requireFirewall } from "./firewalls";

/** A firewall's droplets, tags and rules. */
export function firewallMemberRoutes(app: App, context: Context): void {
  const { store, firewalls } = context;
  const params = FirewallParams;
  const update = (id: string, change: (firewall: FirewallRecord) => Partial<FirewallContent>): void => {
    const firewall = requireFirewall(store, id);
    const content = { ...firewall, ...change(firewall) };
    checkLimits(content);
    Object.assign(firewall, content);
    store.changed();
    firewalls.changed();
  };

  app.post("/v2/firewalls/:id/droplets", { schema: { params, body: DropletIdsBody } }, (request, reply) => {
    const ids = readDropletIds(store, request.body.droplet_ids);
    update(request.params.id, ({ dropletIds }) => ({ dropletIds: [...new Set([...dropletIds, ...ids])] }));
    return reply.code(204).send();
  });

  app.delete("/v2/firewalls/:id/droplets", { schema: { params, body: DropletIdsBody } }, (request, reply) => {
    const ids = request.body.droplet_ids;
    update(request.params.id, ({ dropletIds }) => ({
      dropletIds: dropletIds.filter(id => !ids.includes(id)),
    }));
    return reply.code(204).send();
  });

  app.post("/v2/firewalls/:id/tags", { schema: { params, body: TagsBody } }, (request, reply) => {
    const added = requireTags(store, request.body.tags);
    update(request.params.id, ({ tags }) => ({ tags: [...new Set([...tags, ...added])] }));
    return reply.code(204).send();
  });

  app.delete("/v2/firewalls/:id/tags", { schema: { params, body: TagsBody } }, (request, reply) => {
    const removed = requireTags(store, request.body.tags);
    update(request.params.id, ({ tags }) => ({ tags: tags.filter(tag => !removed.includes(tag)) }));
    return reply.code(204).send();
  });

  app.post("/v2/firewalls/:id/rules", { schema: { params, body: RulesBody } }, (request, reply) => {
    const rules = readRules(store, request.body);
    update(request.params.id, ({ inbound, outbound }) => ({
      inbound: [...inbound, ...rules.inbound],
      outbound: [...outbound, ...rules.outbound],
    }));
    return reply.code(204).send();
  });

  app.delete("/v2/firewalls/:id/rules", { schema: { params, body: RulesBody } }, (request, reply) => {
    const rules = readRules(store, request.body);
    update(request.params.id, ({ inbound, outbound }) => ({
      inbound: without(inbound, rules.inbound),
      outbound: without(outbound, rules.outbound),
    }));
    return reply.code(204).send();
  });
}

function without(rules: readonly FirewallRule[], removed: readonly FirewallRule[]): FirewallRule[] {
  const left = [...rules];
  for (const rule of removed) {
    const index = left.findIndex(candidate => isDeepStrictEqual(candidate, rule));
    if (index === -1) throw unprocessable("the firewall has no such rule");
    left.splice(index, 1);
  }
  return left;
}
