/** `/v2/account`. */
import type { App, Context } from "../context";
import { OWNER } from "../shapes";

/** The account, with its limits. */
export function accountRoutes(app: App, { settings }: Context): void {
  const account = {
    droplet_limit: settings.dropletLimit,
    floating_ip_limit: settings.reservedIpLimit,
    reserved_ip_limit: settings.reservedIpLimit,
    volume_limit: settings.volumeLimit,
    email: "lab@example.com",
    name: "The lab",
    uuid: OWNER.uuid,
    email_verified: true,
    status: "active",
    status_message: "",
    team: { uuid: "00000000-0000-4000-8000-000000000002", name: "The lab" },
  };
  app.get("/v2/account", () => ({ account }));
}
