/**
 * The rules for block storage volumes: names, sizes, how many there may be, and which droplet may have which. Where the
 * words of an error are quoted, clients of DigitalOcean's look for them.
 */
import type { HostVolume } from "../hosts/hosts";
import type { Context } from "./context";
import { ApiError, notFound, unprocessable } from "./errors";
import type { DropletRecord, VolumeRecord } from "./records";
import type { Store } from "./store";

/** DigitalOcean's published limits: sizes in GiB; the capacity is that of a region's volumes together. */
export const VOLUME_LIMITS = { size: 16_384, capacity: 16_384, perDroplet: 15 } as const;

const NAME = /^[a-z][a-z0-9-]{0,63}$/;
const LABEL_LENGTHS = { ext4: 16, xfs: 12 } as const;

/** @throws 404 if there is no such volume. */
export function requireVolume(store: Store, id: string): VolumeRecord {
  const volume = store.volumes.get(id);
  if (volume === undefined) throw notFound();
  return volume;
}

/** A region's volume of this name. */
export function volumeNamed(store: Store, name: string, region: string): VolumeRecord | undefined {
  return store.volumes.all().find(volume => volume.name === name && volume.region === region);
}

/** @throws 422 if the name, the size or the file system is invalid. */
export function checkVolume({
  name,
  size,
  filesystem,
  label,
}: Pick<VolumeRecord, "name" | "size" | "filesystem" | "label">): void {
  if (!NAME.test(name)) {
    throw unprocessable(
      "Volume name is invalid: up to 64 lower case letters, numbers and dashes, of which the first is a letter",
    );
  }
  checkSize(size);
  if (filesystem === undefined) {
    if (label !== "") throw unprocessable("filesystem_label may only be used with filesystem_type");
  } else if (Buffer.byteLength(label) > LABEL_LENGTHS[filesystem]) {
    throw unprocessable(
      `filesystem_label is too long: ${filesystem} takes ${LABEL_LENGTHS[filesystem]} characters`,
    );
  }
}

function checkSize(size: number): void {
  if (size < 1 || size > VOLUME_LIMITS.size) {
    throw unprocessable(`size_gigabytes must be between 1 and ${VOLUME_LIMITS.size}`);
  }
}

/** @throws 409 if the region has a volume of this name; 403 if the account may have no more. */
export function checkRoom(
  { store, settings }: Context,
  wanted: Pick<VolumeRecord, "name" | "region" | "size">,
): void {
  if (volumeNamed(store, wanted.name, wanted.region) !== undefined) {
    throw new ApiError(409, "failed to create volume: already exists");
  }
  if (store.volumes.size >= settings.volumeLimit) throw exceeded();
  checkCapacity(store, wanted.region, wanted.size);
}

function checkCapacity(store: Store, region: string, more: number): void {
  const there = store.volumes.all().filter(volume => volume.region === region);
  const used = there.reduce((sum, { size }) => sum + size, 0);
  if (used + more > VOLUME_LIMITS.capacity) throw exceeded();
}

function exceeded(): ApiError {
  return new ApiError(403, "volume/snapshot capacity limit exceeded");
}

/** @throws 422 if a volume cannot have this size from now on. */
export function checkResize(store: Store, volume: VolumeRecord, size: number): void {
  checkSize(size);
  if (size <= volume.size) throw unprocessable("Volumes may only be resized upwards");
  checkCapacity(store, volume.region, size - volume.size);
}

/** Whether a droplet has a volume, or is about to. */
export function isTaken({ dropletId, nextDropletId }: VolumeRecord): boolean {
  return dropletId !== null || nextDropletId !== null;
}

/** @throws 422 if a volume cannot be attached to a droplet as both are now. */
export function checkAttachable(
  { store, actions }: Context,
  volume: VolumeRecord,
  droplet: DropletRecord,
): void {
  if (droplet.deleting || actions.pending({ resourceType: "droplet", resourceId: droplet.id })) {
    throw unprocessable("Droplet already has a pending event.");
  }
  if (isTaken(volume)) throw unprocessable("This volume is already attached");
  if (volume.region !== droplet.region) {
    throw unprocessable("The volume and the Droplet must be in the same region");
  }
  if (volumesOf(store, droplet.id).length >= VOLUME_LIMITS.perDroplet) {
    throw unprocessable("cannot attach more volumes to the Droplet");
  }
}

/**
 * The volumes that new droplets are to have.
 * @throws 422, in DigitalOcean's words, if one does not exist, is elsewhere or taken, or there is more than one droplet.
 */
export function volumesForNew(
  store: Store,
  ids: readonly string[],
  region: string,
  droplets: number,
): VolumeRecord[] {
  const volumes = [...new Set(ids)].flatMap(id => store.volumes.get(id) ?? []);
  const allFree = volumes.every(volume => volume.region === region && !isTaken(volume));
  const tooMany = volumes.length > VOLUME_LIMITS.perDroplet || (volumes.length > 0 && droplets > 1);
  if (volumes.length < ids.length || !allFree || tooMany) throw unprocessable("Invalid volume allocations");
  return volumes;
}

/** A droplet's volumes, those included that it is about to have, in the order in which they were created. */
export function volumesOf(store: Store, dropletId: number): VolumeRecord[] {
  return store.volumes
    .all()
    .filter(volume => volume.dropletId === dropletId || volume.nextDropletId === dropletId);
}

/** The same, for the host. */
export function hostVolumes(store: Store, dropletId: number): HostVolume[] {
  return volumesOf(store, dropletId).map(asHostVolume);
}

/** A volume as its host sees it. */
export function asHostVolume({ id, name, filesystem, mounted }: VolumeRecord): HostVolume {
  return { id, name, mount: mounted ? undefined : filesystem };
}

/** Notes that a running host has its volumes, and has mounted those that were never mounted before. */
export function noteMounted(store: Store, dropletId: number): void {
  for (const volume of volumesOf(store, dropletId)) volume.mounted = true;
  store.changed();
}
