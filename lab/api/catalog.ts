/**
 * The catalogue: regions, sizes and images, with DigitalOcean's real slugs. Prices are those of its price list at
 * the time of writing and are there for their form; nothing in the lab costs anything.
 */
import { unprocessable } from "./errors";

/** DigitalOcean's region object. */
export interface Region {
  readonly name: string;
  readonly slug: string;
  readonly features: readonly string[];
  readonly available: boolean;
  readonly sizes: readonly string[];
}

/** DigitalOcean's size object: memory in MiB, disk in GiB, transfer in TB, prices in US dollars. */
export interface Size {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly price_monthly: number;
  readonly price_hourly: number;
  readonly regions: readonly string[];
  readonly available: boolean;
  readonly description: string;
}

/** DigitalOcean's image object. */
export interface Image {
  readonly id: number;
  readonly name: string;
  readonly type: "base" | "snapshot";
  readonly distribution: string;
  /** A snapshot has none: it is named by its id. */
  readonly slug: string | null;
  readonly public: boolean;
  readonly regions: readonly string[];
  readonly created_at: string;
  readonly min_disk_size: number;
  readonly size_gigabytes: number;
  readonly description: string;
  readonly tags: readonly string[];
  readonly status: "available";
  readonly error_message: string;
}

const REGION_NAMES: Readonly<Record<string, string>> = {
  nyc1: "New York 1",
  nyc2: "New York 2",
  nyc3: "New York 3",
  ams3: "Amsterdam 3",
  sfo2: "San Francisco 2",
  sfo3: "San Francisco 3",
  sgp1: "Singapore 1",
  lon1: "London 1",
  fra1: "Frankfurt 1",
  tor1: "Toronto 1",
  blr1: "Bangalore 1",
  syd1: "Sydney 1",
};

const REGION_SLUGS = Object.keys(REGION_NAMES);

/** Older data centres, which get no new kinds of machine. */
const OLD = ["nyc2", "sfo2"];

/** Where sizes are missing, by the beginning of their slug. DigitalOcean's own list changes from month to month. */
const MISSING: readonly (readonly [string, readonly string[]])[] = [
  ["s-1vcpu-512mb-10gb", ["nyc2", "sfo2", "lon1"]],
  ["c-", ["nyc2", "blr1"]],
  ["g-", [...OLD, "tor1"]],
  ["m-", [...OLD, "tor1", "syd1"]],
];

/** Slug, MiB, vCPUs, GiB of disk, TB of transfer, US dollars a month, class. */
const SIZE_TABLE: readonly (readonly [string, number, number, number, number, number, string])[] = [
  ["s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4, "Basic"],
  ["s-1vcpu-1gb", 1024, 1, 25, 1, 6, "Basic"],
  ["s-1vcpu-2gb", 2048, 1, 50, 2, 12, "Basic"],
  ["s-2vcpu-2gb", 2048, 2, 60, 3, 18, "Basic"],
  ["s-2vcpu-4gb", 4096, 2, 80, 4, 24, "Basic"],
  ["s-4vcpu-8gb", 8192, 4, 160, 5, 48, "Basic"],
  ["s-8vcpu-16gb", 16384, 8, 320, 6, 96, "Basic"],
  ["c-2", 4096, 2, 25, 4, 42, "CPU-Optimized"],
  ["c-4", 8192, 4, 50, 5, 84, "CPU-Optimized"],
  ["g-2vcpu-8gb", 8192, 2, 25, 4, 63, "General Purpose"],
  ["g-4vcpu-16gb", 16384, 4, 50, 5, 126, "General Purpose"],
  ["m-2vcpu-16gb", 16384, 2, 50, 4, 84, "Memory-Optimized"],
];

/** Slug, id, distribution, name. */
const IMAGE_TABLE: readonly (readonly [string, number, string, string])[] = [
  ["ubuntu-24-04-x64", 195932981, "Ubuntu", "24.04 (LTS) x64"],
  ["ubuntu-22-04-x64", 194838183, "Ubuntu", "22.04 (LTS) x64"],
  ["debian-13-x64", 202040181, "Debian", "13 x64"],
  ["debian-12-x64", 195910190, "Debian", "12 x64"],
];

/** Id and name of the account's own snapshots: a droplet with an engine, of a version that their names tell. */
const SNAPSHOT_TABLE: readonly (readonly [number, string])[] = [
  [160020010, "lab-docker-20-10"],
  [160026001, "lab-docker-26-1"],
  [160028005, "lab-docker-28-5"],
];

/** All sizes, each with the regions that have it. */
export const SIZES: readonly Size[] = SIZE_TABLE.map(
  ([slug, memory, vcpus, disk, transfer, monthly, description]) => ({
    slug,
    memory,
    vcpus,
    disk,
    transfer,
    price_monthly: monthly,
    price_hourly: Math.round((monthly / 672) * 1e5) / 1e5,
    regions: regionsOf(slug),
    available: true,
    description,
  }),
);

/** All regions. */
export const REGIONS: readonly Region[] = Object.entries(REGION_NAMES).map(([slug, name]) => ({
  name,
  slug,
  features: ["backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"],
  available: true,
  sizes: SIZES.filter(size => size.regions.includes(slug)).map(size => size.slug),
}));

function regionsOf(size: string): string[] {
  const missing = MISSING.find(([start]) => size.startsWith(start))?.[1] ?? [];
  return REGION_SLUGS.filter(slug => !missing.includes(slug));
}

const ALL_IMAGES = {
  regions: REGION_SLUGS,
  created_at: "2025-09-01T00:00:00Z",
  min_disk_size: 7,
  size_gigabytes: 0.7,
  tags: [],
  status: "available",
  error_message: "",
} as const;

/** All images: the distributions, and the account's own snapshots. */
export const IMAGES: readonly Image[] = [
  ...IMAGE_TABLE.map(([slug, id, distribution, name]) => ({
    ...ALL_IMAGES,
    id,
    name,
    type: "base" as const,
    distribution,
    slug,
    public: true,
    description: `${distribution} ${name}`,
  })),
  ...SNAPSHOT_TABLE.map(([id, name]) => ({
    ...ALL_IMAGES,
    id,
    name,
    type: "snapshot" as const,
    distribution: "Debian",
    slug: null,
    public: false,
    description: "",
  })),
];

/** How a droplet's record names its image: by slug, a snapshot by id. */
export function imageKey({ slug, id }: Image): string {
  return slug ?? String(id);
}

/** The size of this slug. */
export function findSize(slug: string): Size | undefined {
  return SIZES.find(size => size.slug === slug);
}

/** @throws 422, in DigitalOcean's words, if a region does not have a size. */
export function checkSizeInRegion(size: Size, region: string): void {
  if (!size.regions.includes(region)) throw unprocessable("Size is not available in this region.");
}

/**
 * The region for a droplet of this size. A prefix, such as `nyc`, means any of the region's data centres, and an empty
 * text any region at all; the lab takes nyc3 if it is among them, as it always was the one that had room.
 * @returns `undefined` if there is none of this name; if none has the size, the first of the name.
 */
export function chooseRegion(wanted: string, size: Size): Region | undefined {
  const exact = findRegion(wanted);
  if (exact !== undefined) return exact;
  const candidates = REGIONS.filter(({ slug }) => slug.replace(/\d+$/, "") === wanted || wanted === "");
  const roomy = candidates.filter(({ slug }) => size.regions.includes(slug));
  return roomy.find(({ slug }) => slug === "nyc3") ?? roomy[0] ?? candidates[0];
}

/** The region of this slug. */
export function findRegion(slug: string): Region | undefined {
  return REGIONS.find(region => region.slug === slug);
}

/** Finds an image by slug or by id; an id may be written as text. */
export function findImage(key: string | number): Image | undefined {
  return IMAGES.find(image => image.slug === key || String(image.id) === String(key));
}

/** @throws 422 if there is no such region. */
export function requireRegion(slug: string): Region {
  const region = findRegion(slug);
  if (region === undefined) throw unprocessable("You specified an invalid region.");
  return region;
}
