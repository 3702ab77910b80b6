/** `/v2/account`, and the one project that a reserved IP's or a droplet's answer may lead to. */
import type { App, Context } from "../context";

const STARTED = "2025-01-01T00:00:00Z";

/** The account and its default project. */
export function accountRoutes(app: App, { settings }: Context): void {
  const account = {
    droplet_limit: settings.dropletLimit,
    floating_ip_limit: settings.reservedIpLimit,
    reserved_ip_limit: settings.reservedIpLimit,
    volume_limit: settings.volumeLimit,
    email: "lab@example.com",
    name: "The lab",
    uuid: "00000000-0000-4000-8000-000000000000",
    email_verified: true,
    status: "active",
    status_message: "",
    team: { uuid: "00000000-0000-4000-8000-000000000002", name: "The lab" },
  };
  const project = {
    id: settings.projectId,
    owner_uuid: account.uuid,
    owner_id: 1,
    name: "lab",
    description: "All that is in the lab",
    purpose: "Trying things out",
    environment: "Development",
    is_default: true,
    created_at: STARTED,
    updated_at: STARTED,
  };
  app.get("/v2/account", () => ({ account }));
  app.get("/v2/projects/default", () => ({ project }));
}
