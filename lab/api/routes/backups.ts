/** `/v2/droplets/.../backups`: when backups would be made, and that there are none. */
import { RETENTION_DAYS, WEEKDAYS, WINDOW_HOURS, WINDOW_STARTS } from "../backup-policy";
import { type App, baseOf, type Context } from "../context";
import { PageQuery, paginate } from "../paging";
import type { DropletRecord } from "../records";
import { backupWindowShape, type Shape } from "../shapes";
import { DropletParams, requireDroplet } from "./droplets";

/** Backup policies, by droplet and all. */
export function backupRoutes(app: App, { store }: Context): void {
  app.get("/v2/droplets/backups/supported_policies", () => ({
    supported_policies: (["weekly", "daily"] as const).map(name => ({
      name,
      possible_window_starts: WINDOW_STARTS,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: RETENTION_DAYS[name],
      possible_days: name === "weekly" ? WEEKDAYS : [],
    })),
  }));

  app.get("/v2/droplets/backups/policies", { schema: { querystring: PageQuery } }, request => {
    const all = store.droplets.all();
    const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
    return { policies: Object.fromEntries(items.map(item => [item.id, policyShape(item)])), links, meta };
  });

  app.get("/v2/droplets/:id/backups/policy", { schema: { params: DropletParams } }, request => ({
    policy: policyShape(requireDroplet(store, request.params.id)),
  }));

  app.get("/v2/droplets/:id/backups", { schema: { params: DropletParams } }, request => {
    requireDroplet(store, request.params.id);
    return { backups: [], links: {}, meta: { total: 0 } };
  });
}

function policyShape(droplet: DropletRecord): Shape {
  const { id, backupPolicy } = droplet;
  if (backupPolicy === undefined) return { droplet_id: id, backup_enabled: false };
  return {
    droplet_id: id,
    backup_enabled: true,
    backup_policy: {
      ...backupPolicy,
      window_length_hours: WINDOW_HOURS,
      retention_period_days: RETENTION_DAYS[backupPolicy.plan],
    },
    next_backup_window: backupWindowShape(droplet),
  };
}
