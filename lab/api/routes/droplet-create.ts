/** `POST /v2/droplets`: one droplet by `name`, or up to ten by `names`. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { timestamp } from "../actions";
import { PUBLIC_POOL, takenAddresses } from "../address-pools";
import { BackupPolicy, readBackupPolicy } from "../backup-policy";
import { checkSizeInRegion, chooseRegion, findImage, findSize, imageKey } from "../catalog";
import { type App, baseOf, type Context } from "../context";
import { unprocessable } from "../errors";
import { assignment } from "../projects";
import type { ActionRecord, BackupPolicyRecord, DropletRecord, VpcRecord } from "../records";
import { dropletShape, type Shape } from "../shapes";
import { checkTagName, ensureTag } from "../tagging";
import { volumesForNew } from "../volumes";
import { defaultVpc } from "../vpcs";
import { findKey } from "./keys";

/** DigitalOcean's limits for one request. */
const MAX_AT_ONCE = 10;
const USER_DATA_BYTES = 64 * 1024;
const NAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;

const Slug = Type.Union([Type.String(), Type.Integer()]);
/** An id; the provider sends it in an object. */
const Volume = Type.Union([Type.String(), Type.Object({ id: Type.String() })]);
const CreateBody = Type.Object({
  name: Type.Optional(Type.String()),
  names: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  region: Type.Optional(Type.String()),
  size: Type.String(),
  image: Slug,
  ssh_keys: Type.Optional(Type.Union([Type.Array(Slug), Type.Null()])),
  backups: Type.Optional(Type.Boolean()),
  backup_policy: Type.Optional(BackupPolicy),
  ipv6: Type.Optional(Type.Boolean()),
  private_networking: Type.Optional(Type.Boolean()),
  public_networking: Type.Optional(Type.Boolean()),
  monitoring: Type.Optional(Type.Boolean()),
  with_droplet_agent: Type.Optional(Type.Boolean()),
  tags: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  user_data: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  volumes: Type.Optional(Type.Union([Type.Array(Volume), Type.Null()])),
  vpc_uuid: Type.Optional(Type.String()),
});
type CreateRequest = Static<typeof CreateBody>;

/** @throws 422, in DigitalOcean's words, if this cannot be a droplet's name. */
export function checkDropletName(name: string): void {
  if (name.length > 255 || !NAME.test(name)) {
    throw unprocessable("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)");
  }
}

/** Creates droplets; they are answered as `new`, and boot afterwards. */
export function dropletCreateRoutes(app: App, context: Context): void {
  app.post("/v2/droplets", { schema: { body: CreateBody } }, async (request, reply) => {
    const { body } = request;
    const { names, single } = namesOf(body);
    const plan = check(context, body);
    const vpc = await chooseVpc(context, body, plan.region);
    const created = createAll(context, names, { ...plan, vpc });
    const droplets = created.map(({ droplet }) => dropletShape(context, droplet));
    const links = { actions: created.map(({ action }) => actionLink(action, baseOf(request))) };
    return reply.code(202).send(single ? { droplet: droplets[0], links } : { droplets, links });
  });
}

function actionLink(action: ActionRecord, base: string): Shape {
  return { id: action.id, rel: "create", href: `${base}/v2/actions/${action.id}` };
}

function namesOf(body: CreateRequest): { names: string[]; single: boolean } {
  const single = body.names === undefined;
  const names = body.names ?? (body.name === undefined ? [] : [body.name]);
  if (names.length === 0) throw unprocessable("Name can't be blank");
  if (names.length > MAX_AT_ONCE) {
    throw unprocessable(`Failed to resolve: up to ${MAX_AT_ONCE} Droplets can be created at a time`);
  }
  names.forEach(checkDropletName);
  return { names, single };
}

interface Plan {
  readonly region: string;
  readonly size: string;
  readonly disk: number;
  readonly image: string;
  readonly userData: string;
  readonly sshKeys: string[];
  readonly features: string[];
  readonly backupPolicy?: BackupPolicyRecord;
  readonly tags: string[];
  readonly volumeIds: string[];
}

function check({ store }: Context, body: CreateRequest): Plan {
  const size = findSize(body.size);
  const image = findImage(body.image);
  if (size === undefined) throw unprocessable("You specified an invalid size for Droplet creation.");
  const vpc = store.vpcs.get(body.vpc_uuid ?? "");
  // The provider sends an empty text where no region is set. One with a VPC can only be where that is.
  const region = chooseRegion((body.region ?? "") || (vpc?.region ?? ""), size);
  if (region === undefined) throw unprocessable("You specified an invalid region for Droplet creation.");
  checkSizeInRegion(size, region.slug);
  if (image === undefined) throw unprocessable("You specified an invalid image for Droplet creation.");
  const userData = body.user_data ?? "";
  if (Buffer.byteLength(userData) > USER_DATA_BYTES) {
    throw unprocessable("User data is too long (maximum is 64 KiB)");
  }
  if (body.backup_policy !== undefined && body.backups !== true) {
    throw unprocessable("backup_policy is only allowed when backups are enabled.");
  }
  if (body.public_networking === false)
    throw unprocessable("The lab has no droplets without a public network.");
  const tags = body.tags ?? [];
  tags.forEach(checkTagName);
  const keys = (body.ssh_keys ?? []).map(key => ({ key, record: findKey(store, key) }));
  const unknown = keys.filter(({ record }) => record === undefined).map(({ key }) => key);
  if (unknown.length > 0) {
    throw unprocessable(`${unknown.join(", ")} are invalid key identifiers for Droplet creation.`);
  }
  return {
    region: region.slug,
    size: size.slug,
    disk: size.disk,
    image: imageKey(image),
    userData,
    sshKeys: keys.flatMap(({ record }) => record?.publicKey.trim() ?? []),
    features: featuresOf(body),
    backupPolicy: body.backups === true ? readBackupPolicy(body.backup_policy) : undefined,
    tags,
    volumeIds: (body.volumes ?? []).map(volume => (typeof volume === "string" ? volume : volume.id)),
  };
}

/** The names under which DigitalOcean lists what is switched on. A refresh that misses `monitoring` replaces the droplet. */
function featuresOf(body: CreateRequest): string[] {
  const switches: [string, boolean][] = [
    ["backups", body.backups === true],
    ["ipv6", body.ipv6 === true],
    ["monitoring", body.monitoring === true],
    // On by default, and there is no droplet outside a VPC.
    ["droplet_agent", body.with_droplet_agent !== false],
    ["private_networking", true],
  ];
  return switches.filter(([, on]) => on).map(([name]) => name);
}

async function chooseVpc(context: Context, body: CreateRequest, region: string): Promise<VpcRecord> {
  if (body.vpc_uuid === undefined || body.vpc_uuid === "") return defaultVpc(context, region);
  const vpc = context.store.vpcs.get(body.vpc_uuid);
  if (vpc === undefined) throw unprocessable("You specified an invalid VPC for Droplet creation.");
  if (vpc.region !== region) throw unprocessable("The VPC must be in the same region as the Droplet.");
  return vpc;
}

/** Creates all or none. There is no `await` here: limits and free addresses hold until the records are in. */
function createAll(
  context: Context,
  names: readonly string[],
  plan: Plan & { vpc: VpcRecord },
): { droplet: DropletRecord; action: ActionRecord }[] {
  const { store, actions, machines, settings, unseen } = context;
  if (store.droplets.size + names.length > settings.dropletLimit) {
    throw unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  }
  const { vpc, volumeIds, ...rest } = plan;
  if (store.vpcs.get(vpc.id) === undefined) throw unprocessable("The VPC was deleted.");
  const volumes = volumesForNew(store, volumeIds, rest.region, names.length);
  const addresses = allocateAll(context, names.length, vpc);
  const tags = [...new Set(rest.tags.map(name => ensureTag(store, name).name))];
  const created = names.map((name, index) => {
    const droplet: DropletRecord = {
      id: store.newId(),
      name,
      ...rest,
      features: [...rest.features],
      tags: [...tags],
      vpcId: vpc.id,
      publicAddress: addresses[index]?.publicAddress ?? "",
      privateAddress: addresses[index]?.privateAddress ?? "",
      status: "new",
      deleting: false,
      project: assignment(store),
      createdAt: timestamp(),
    };
    store.droplets.put(droplet);
    for (const volume of volumes) volume.dropletId = droplet.id;
    unseen.add(`droplets/${droplet.id}`);
    const action = actions.start("create", {
      resourceType: "droplet",
      resourceId: droplet.id,
      region: droplet.region,
    });
    return { droplet, action };
  });
  // Booted when all are recorded, so that each one's firewall knows the others from the start.
  for (const { droplet, action } of created) machines.boot(droplet, action);
  return created;
}

function allocateAll(
  { store, settings, addresses }: Context,
  count: number,
  vpc: VpcRecord,
): { publicAddress: string; privateAddress: string }[] {
  const taken = takenAddresses(store);
  return Array.from({ length: count }, () => {
    const publicAddress = addresses.next({ pool: PUBLIC_POOL, range: settings.publicRange }, taken);
    const privateAddress = addresses.next({ pool: vpc.id, range: vpc.range }, taken);
    if (publicAddress === undefined) throw unprocessable("There is no free public address.");
    if (privateAddress === undefined) throw unprocessable("There is no free address in the VPC.");
    taken.add(publicAddress).add(privateAddress);
    return { publicAddress, privateAddress };
  });
}
