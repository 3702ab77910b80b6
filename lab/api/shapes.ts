/**
 * Records as DigitalOcean answers them (its public OpenAPI description). The provider crashes or sees drift if some
 * of these fields are missing: see "The plugin panics" and "Drift" in the project's notes on the API.
 */
import { timestamp } from "./actions";
import { gatewayOf, netmask, parseRange } from "./addresses";
import { nextWindow } from "./backup-policy";
import { findImage, findRegion, findSize } from "./catalog";
import type { Context } from "./context";
import { IPV6_GATEWAY, IPV6_PREFIX, ipv6Of } from "./ipv6";
import { projectOfReservedIp } from "./projects";
import type {
  ActionRecord,
  DropletRecord,
  FirewallRecord,
  FirewallRule,
  KeyRecord,
  ProjectRecord,
  ReservedIpRecord,
  TagRecord,
  VolumeRecord,
  VpcRecord,
} from "./records";

/** A JSON object of an answer. */
export type Shape = Readonly<Record<string, unknown>>;

/** An SSH key. */
export function keyShape(key: KeyRecord): Shape {
  return { id: key.id, fingerprint: key.fingerprint, public_key: key.publicKey, name: key.name };
}

/** A tag, with the numbers of what carries it; `base` is the scheme and authority for links. */
export function tagShape(context: Context, tag: TagRecord, base: string): Shape {
  const { store } = context;
  const countOf = (kind: string, all: readonly { id: number | string; tags: readonly string[] }[]) => {
    const tagged = all.filter(({ tags }) => tags.includes(tag.name));
    const last = tagged.at(-1);
    const uri = last === undefined ? {} : { last_tagged_uri: `${base}/v2/${kind}/${last.id}` };
    return { count: tagged.length, ...uri };
  };
  const droplets = countOf("droplets", store.droplets.all());
  const volumes = countOf("volumes", store.volumes.all());
  return {
    name: tag.name,
    resources: {
      ...volumes,
      ...droplets,
      count: droplets.count + volumes.count,
      droplets,
      images: { count: 0 },
      volumes,
      volume_snapshots: { count: 0 },
      databases: { count: 0 },
    },
  };
}

/** A VPC. */
export function vpcShape(vpc: VpcRecord): Shape {
  return {
    id: vpc.id,
    urn: `do:vpc:${vpc.id}`,
    name: vpc.name,
    description: vpc.description,
    region: vpc.region,
    ip_range: vpc.range,
    default: vpc.isDefault,
    created_at: vpc.createdAt,
  };
}

/** A droplet. Its user data and keys are never part of an answer. */
export function dropletShape(context: Context, droplet: DropletRecord): Shape {
  const size = findSize(droplet.size);
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size?.memory,
    vcpus: size?.vcpus,
    disk: droplet.disk,
    locked: context.actions.pending({ resourceType: "droplet", resourceId: droplet.id }),
    status: droplet.status,
    kernel: null,
    created_at: droplet.createdAt,
    features: droplet.features,
    backup_ids: [],
    next_backup_window: backupWindowShape(droplet),
    snapshot_ids: [],
    image: findImage(droplet.image),
    volume_ids: context.store.volumes
      .all()
      .filter(({ dropletId }) => dropletId === droplet.id)
      .map(({ id }) => id),
    size,
    size_slug: droplet.size,
    networks: networksShape(context, droplet),
    region: findRegion(droplet.region),
    tags: droplet.tags,
    vpc_uuid: droplet.vpcId,
  };
}

/** When a droplet's next backup would be made; `null` if none would. */
export function backupWindowShape({ backupPolicy }: DropletRecord): Shape | null {
  if (backupPolicy === undefined) return null;
  const { start, end } = nextWindow(backupPolicy, new Date());
  return { start: timestamp(start), end: timestamp(end) };
}

function networksShape(context: Context, droplet: DropletRecord): Shape {
  const vpc = context.store.vpcs.get(droplet.vpcId);
  // As on DigitalOcean, a droplet shows its addresses only when it has started.
  if (droplet.status === "new" || droplet.status === "errored" || vpc === undefined)
    return { v4: [], v6: [] };
  const { publicRange } = context.settings;
  const v4 = [
    {
      ip_address: droplet.privateAddress,
      netmask: netmask(parseRange(vpc.range).prefix),
      // A text, as DigitalOcean answers it, though there is none.
      gateway: "nil",
      type: "private",
    },
    {
      ip_address: droplet.publicAddress,
      netmask: netmask(parseRange(publicRange).prefix),
      gateway: gatewayOf(publicRange),
      type: "public",
    },
  ];
  const v6 = {
    ip_address: ipv6Of(droplet.publicAddress),
    netmask: IPV6_PREFIX,
    gateway: IPV6_GATEWAY,
    type: "public",
  };
  return { v4, v6: droplet.features.includes("ipv6") ? [v6] : [] };
}

/** A firewall, with how far it is in force. */
export function firewallShape(context: Context, firewall: FirewallRecord): Shape {
  const { status, pending } = context.firewalls.progress(firewall);
  return {
    id: firewall.id,
    name: firewall.name,
    status,
    inbound_rules: firewall.inbound.map(rule => ruleShape(rule, "sources")),
    outbound_rules: firewall.outbound.map(rule => ruleShape(rule, "destinations")),
    created_at: firewall.createdAt,
    droplet_ids: firewall.dropletIds,
    tags: firewall.tags,
    pending_changes: pending,
  };
}

function ruleShape(rule: FirewallRule, side: "sources" | "destinations"): Shape {
  return { protocol: rule.protocol, ports: rule.ports, [side]: rule.target };
}

/** A reserved IP, with the whole droplet that holds it. */
export function reservedIpShape(context: Context, reserved: ReservedIpRecord): Shape {
  const droplet = reserved.dropletId === null ? undefined : context.store.droplets.get(reserved.dropletId);
  return {
    ip: reserved.ip,
    region: findRegion(reserved.region),
    droplet: droplet === undefined ? null : dropletShape(context, droplet),
    locked: reserved.locked,
    project_id: projectOfReservedIp(context.store, reserved),
  };
}

/** Who the account and all projects belong to. */
export const OWNER = { id: 1, uuid: "00000000-0000-4000-8000-000000000000" } as const;

/** A project. */
export function projectShape(project: ProjectRecord): Shape {
  return {
    id: project.id,
    owner_uuid: OWNER.uuid,
    owner_id: OWNER.id,
    name: project.name,
    description: project.description,
    purpose: project.purpose,
    environment: project.environment,
    is_default: project.isDefault,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
  };
}

/** A volume. */
export function volumeShape(volume: VolumeRecord): Shape {
  return {
    id: volume.id,
    name: volume.name,
    description: volume.description,
    size_gigabytes: volume.size,
    filesystem_type: volume.filesystem ?? "",
    filesystem_label: volume.label,
    region: findRegion(volume.region),
    droplet_ids: volume.dropletId === null ? [] : [volume.dropletId],
    tags: volume.tags,
    created_at: volume.createdAt,
  };
}

/** An action. A volume's has no number of its resource, as that has none. */
export function actionShape(action: ActionRecord): Shape {
  return {
    id: action.id,
    status: action.status,
    type: action.type,
    started_at: action.startedAt,
    completed_at: action.completedAt,
    resource_id: action.resourceType === "volume" ? null : action.resourceId,
    resource_type: action.resourceType,
    region: findRegion(action.region),
    region_slug: action.region,
  };
}
