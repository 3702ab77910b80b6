/** After a restart: the records are loaded, and what was under way when the server ended is brought to an end. */
import { messageOf } from "../engine/errors";
import { timestamp } from "./actions";
import type { Context } from "./context";
import type { DropletRecord } from "./records";
import { hostVolumes, noteMounted } from "./volumes";

/**
 * Makes records and hosts agree. The records lead, with one exception: a droplet is `active` only if its host runs.
 * A droplet without a host is kept, as `off`, so that nobody loses a record because a container was removed.
 */
export async function reconcile(context: Context, log: (line: string) => void): Promise<void> {
  const { store, hosts, firewalls, machines } = context;
  for (const vpc of store.vpcs.all()) await hosts.createNetwork({ id: vpc.id, range: vpc.range });
  for (const droplet of store.droplets.all()) {
    if (droplet.hostless === true) continue;
    const running = await isRunning(context, droplet, log);
    // A boot that never ended cannot be powered on: it has to be deleted.
    const interrupted = droplet.status === "new" || droplet.status === "errored";
    droplet.status = running ? "active" : interrupted ? "errored" : "off";
    if (droplet.deleting) machines.remove(droplet);
  }
  endInterruptedActions(context);
  await restoreVolumes(context, log);
  await restoreReservedIps(context, log);
  store.changed();
  await store.flush();
  firewalls.changed();
}

async function isRunning(
  context: Context,
  droplet: DropletRecord,
  log: (line: string) => void,
): Promise<boolean> {
  try {
    const state = await context.hosts.state(droplet.id);
    if (state === "missing") log(`droplet ${droplet.id} (${droplet.name}) has no host any more`);
    return state === "running";
  } catch (error) {
    log(`droplet ${droplet.id}: its host's state is unknown: ${messageOf(error)}`);
    return false;
  }
}

function endInterruptedActions({ store }: Context): void {
  for (const action of store.actions.all()) {
    if (action.status !== "in-progress") continue;
    const droplet =
      action.resourceType === "droplet" ? store.droplets.get(Number(action.resourceId)) : undefined;
    // Whether another operation took effect is unknown, and a client may try it again.
    action.status = action.type === "create" && droplet?.status === "active" ? "completed" : "errored";
    action.completedAt = timestamp();
  }
}

/** What was being attached is not; and hosts have the volumes that are theirs, and no others. */
async function restoreVolumes({ store, hosts }: Context, log: (line: string) => void): Promise<void> {
  for (const volume of store.volumes.all()) volume.nextDropletId = null;
  for (const { id, status, hostless } of store.droplets.all()) {
    if (status !== "active" || hostless === true) continue;
    try {
      await hosts.setVolumes(id, hostVolumes(store, id));
      noteMounted(store, id);
    } catch (error) {
      log(`the volumes of droplet ${id} were not restored: ${messageOf(error)}`);
    }
  }
}

async function restoreReservedIps(context: Context, log: (line: string) => void): Promise<void> {
  const { store, hosts } = context;
  for (const reserved of store.reservedIps.all()) {
    reserved.locked = false;
    reserved.nextDropletId = null;
    const holder = reserved.dropletId === null ? undefined : store.droplets.get(reserved.dropletId);
    if (holder?.status !== "active") continue;
    try {
      await hosts.attachAddress(holder.id, reserved.ip);
    } catch (error) {
      log(`reserved IP ${reserved.ip} was not restored: ${messageOf(error)}`);
    }
  }
}
