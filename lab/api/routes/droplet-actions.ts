/** `/v2/droplets/:id/actions`: power, size, name and features. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { BackupPolicy, readBackupPolicy } from "../backup-policy";
import { checkSizeInRegion, findSize } from "../catalog";
import { type App, baseOf, type Context } from "../context";
import { notFound, unprocessable } from "../errors";
import { PageQuery, paginate } from "../paging";
import type { DropletRecord } from "../records";
import { actionShape } from "../shapes";
import { checkDropletName } from "./droplet-create";
import { DropletParams, requireDroplet } from "./droplets";

const ActionBody = Type.Object({
  type: Type.String(),
  size: Type.Optional(Type.String()),
  disk: Type.Optional(Type.Boolean()),
  name: Type.Optional(Type.String()),
  backup_policy: Type.Optional(BackupPolicy),
});
type ActionRequest = Static<typeof ActionBody>;

/** What an action does when its turn comes. */
type Job = () => Promise<void>;

/** Checks an action, and says what it will do. */
type Operation = (context: Context, droplet: DropletRecord, body: ActionRequest) => Job;

/** A droplet's actions. */
export function dropletActionRoutes(app: App, context: Context): void {
  const { store, actions, machines } = context;
  const target = (id: number) => ({ resourceType: "droplet" as const, resourceId: id });

  app.post(
    "/v2/droplets/:id/actions",
    { schema: { params: DropletParams, body: ActionBody } },
    (request, reply) => {
      const droplet = requireDroplet(store, request.params.id);
      const { type } = request.body;
      const operation = OPERATIONS[type];
      if (operation === undefined) throw unprocessable(`The lab does not know the action ${type}.`);
      if (droplet.deleting || actions.pending(target(droplet.id))) {
        throw unprocessable("Droplet already has a pending event.");
      }
      const job = operation(context, droplet, request.body);
      const action = actions.start(type, { ...target(droplet.id), region: droplet.region });
      machines.run(droplet, action, job);
      return reply.code(201).send({ action: actionShape(action) });
    },
  );

  app.get(
    "/v2/droplets/:id/actions",
    { schema: { params: DropletParams, querystring: PageQuery } },
    request => {
      const all = actions.of(target(requireDroplet(store, request.params.id).id));
      const { items, links, meta } = paginate(all, request.query, request.url, baseOf(request));
      return { actions: items.map(actionShape), links, meta };
    },
  );

  const params = Type.Object({ ...DropletParams.properties, actionId: Type.Integer() });
  app.get("/v2/droplets/:id/actions/:actionId", { schema: { params } }, request => {
    const { id, actionId } = request.params;
    const action = store.actions.get(actionId);
    if (action?.resourceType !== "droplet" || action.resourceId !== id) throw notFound();
    return { action: actionShape(action) };
  });
}

const powerOff: Operation = ({ machines }, droplet) => {
  // The provider looks for this very text, and goes on.
  if (droplet.status === "off") throw unprocessable("Droplet is already powered off.");
  return () => machines.powerOff(droplet);
};

/** Shutting down one that is off is no error on DigitalOcean. */
const shutdown: Operation =
  ({ machines }, droplet) =>
  async () => {
    if (droplet.status !== "off") await machines.powerOff(droplet);
  };

const powerOn: Operation = ({ machines }, droplet) => {
  if (droplet.status === "active") throw unprocessable("Droplet is already powered on.");
  return () => machines.powerOn(droplet);
};

const restart: Operation =
  ({ machines }, droplet) =>
  async () => {
    if (droplet.status !== "off") await machines.powerOff(droplet);
    await machines.powerOn(droplet);
  };

const resize: Operation = (_context, droplet, body) => {
  const size = findSize(body.size ?? "");
  if (size === undefined) throw unprocessable("You specified an invalid size for Droplet resize.");
  checkSizeInRegion(size, droplet.region);
  if (droplet.status !== "off") throw unprocessable("Droplet must be powered off before it is resized.");
  if (size.slug === droplet.size) throw unprocessable("Droplet is already this size.");
  if (size.disk < droplet.disk) {
    throw unprocessable("This size is not available because it has a smaller disk.");
  }
  return change(() => {
    droplet.size = size.slug;
    // A disk can only grow; without `disk` it stays, and so does the way back.
    if (body.disk === true) droplet.disk = size.disk;
  });
};

const rename: Operation = (_context, droplet, body) => {
  const { name } = body;
  if (name === undefined) throw unprocessable("Name can't be blank");
  checkDropletName(name);
  // The record's name only: on DigitalOcean, too, the machine keeps the host name it was booted with.
  return change(() => (droplet.name = name));
};

const enableBackups: Operation = (_context, droplet, body) => {
  const policy = readBackupPolicy(body.backup_policy);
  return change(() => {
    droplet.features = [...new Set([...droplet.features, "backups"])];
    droplet.backupPolicy = policy;
  });
};

const disableBackups: Operation = (_context, droplet) =>
  change(() => {
    droplet.features = droplet.features.filter(feature => feature !== "backups");
    droplet.backupPolicy = undefined;
  });

const changeBackupPolicy: Operation = (context, droplet, body) => {
  if (body.backup_policy === undefined) throw unprocessable("backup_policy is required");
  if (!droplet.features.includes("backups")) throw unprocessable("Backups are not enabled on this Droplet.");
  return enableBackups(context, droplet, body);
};

/** The address is the droplet's from then on. To set it up in the machine is its owner's, as on DigitalOcean. */
const enableIpv6: Operation = ({ firewalls }, droplet) => {
  if (droplet.features.includes("ipv6")) throw unprocessable("IPv6 is already enabled on this Droplet.");
  return change(() => {
    droplet.features = [...droplet.features, "ipv6"];
    firewalls.changed();
  });
};

/** There is no droplet outside a VPC. */
const enablePrivateNetworking: Operation = () => change(() => undefined);

/** An action on the record alone. */
function change(job: () => void): Job {
  return () => {
    job();
    return Promise.resolve();
  };
}

const OPERATIONS: Readonly<Record<string, Operation | undefined>> = {
  power_off: powerOff,
  shutdown,
  power_on: powerOn,
  reboot: restart,
  power_cycle: restart,
  resize,
  rename,
  enable_backups: enableBackups,
  change_backup_policy: changeBackupPolicy,
  disable_backups: disableBackups,
  enable_ipv6: enableIpv6,
  enable_private_networking: enablePrivateNetworking,
};
