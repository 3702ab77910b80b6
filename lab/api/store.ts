/**
 * The lab's records, kept in memory and saved as one JSON file. The file is written whole, to a temporary name and
 * then renamed, so that a crash leaves the old state or the new one; it is readable by its owner only, as it holds
 * user data.
 */
import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";

import type {
  ActionRecord,
  DropletRecord,
  FirewallRecord,
  KeyRecord,
  LoadBalancerRecord,
  PoolRecord,
  ProjectRecord,
  ReservedIpRecord,
  SeededRecord,
  State,
  TagRecord,
  VolumeRecord,
  VpcRecord,
} from "./records";

/** How many finished actions are remembered; the oldest are forgotten first, so that the file stays small. */
const ACTIONS_KEPT = 2000;

/** Records of one kind, in the order they were added, found by id. */
export class Collection<Id extends string | number, Item> {
  private readonly items = new Map<Id, Item>();

  public constructor(
    private readonly idOf: (item: Item) => Id,
    items: readonly Item[],
  ) {
    for (const item of items) this.put(item);
  }

  public get size(): number {
    return this.items.size;
  }

  public get(id: Id): Item | undefined {
    return this.items.get(id);
  }

  public put(item: Item): void {
    this.items.set(this.idOf(item), item);
  }

  public delete(id: Id): boolean {
    return this.items.delete(id);
  }

  public clear(): void {
    this.items.clear();
  }

  public all(): Item[] {
    return [...this.items.values()];
  }

  /** All, each with its id. */
  public entries(): [Id, Item][] {
    return [...this.items];
  }
}

function emptyState(): State {
  return {
    version: 1,
    // DigitalOcean's ids are large; small ones hide bugs that confuse an id with an index.
    nextId: 400_000_001,
    keys: [],
    tags: [],
    vpcs: [],
    droplets: [],
    firewalls: [],
    reservedIps: [],
    volumes: [],
    projects: [],
    loadBalancers: [],
    actions: [],
    pools: [],
    seeded: [],
  };
}

function load(file: string | undefined): State {
  if (file === undefined) return emptyState();
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return emptyState();
    throw error;
  }
  let state: State;
  try {
    state = JSON.parse(text) as State;
  } catch {
    // JSON.parse quotes the text in its message, and the text holds user data.
    throw new Error(`${file} is not a state of the lab: it is not JSON`);
  }
  // The cast above is a hope, not a check: the file may be of another version, or not the lab's at all.
  if ((state as { version: unknown } | null)?.version !== 1) {
    throw new Error(`${file} is not a state of this version of the lab`);
  }
  return { ...emptyState(), ...state };
}

/** All records of one lab. Change a record in place or with `put`, then call {@link Store.changed}. */
export class Store {
  public readonly keys: Collection<number, KeyRecord>;
  public readonly tags: Collection<string, TagRecord>;
  public readonly vpcs: Collection<string, VpcRecord>;
  public readonly droplets: Collection<number, DropletRecord>;
  public readonly firewalls: Collection<string, FirewallRecord>;
  public readonly reservedIps: Collection<string, ReservedIpRecord>;
  public readonly volumes: Collection<string, VolumeRecord>;
  public readonly projects: Collection<string, ProjectRecord>;
  public readonly loadBalancers: Collection<string, LoadBalancerRecord>;
  public readonly actions: Collection<number, ActionRecord>;
  public readonly pools: Collection<string, PoolRecord>;
  public readonly seeded: Collection<string, SeededRecord>;
  private nextId: number;
  private dirty = false;
  private writing: Promise<void> | undefined;

  /**
   * @param file - Where the state is kept; without it nothing is saved. A file that does not exist is an empty lab.
   * @throws If the file cannot be read, or is not a state of this version.
   */
  public constructor(private readonly file?: string) {
    const state = load(file);
    this.nextId = state.nextId;
    this.keys = new Collection(key => key.id, state.keys);
    this.tags = new Collection(tag => tag.name, state.tags);
    this.vpcs = new Collection(vpc => vpc.id, state.vpcs);
    this.droplets = new Collection(droplet => droplet.id, state.droplets);
    this.firewalls = new Collection(firewall => firewall.id, state.firewalls);
    this.reservedIps = new Collection(reserved => reserved.ip, state.reservedIps);
    this.volumes = new Collection(volume => volume.id, state.volumes);
    this.projects = new Collection(project => project.id, state.projects);
    this.loadBalancers = new Collection(balancer => balancer.id, state.loadBalancers);
    this.actions = new Collection(action => action.id, state.actions);
    this.pools = new Collection(pool => pool.id, state.pools);
    this.seeded = new Collection(({ kind, key }) => `${kind}/${key}`, state.seeded);
  }

  /** A number that no droplet, key or action of this lab has had. */
  public newId(): number {
    this.changed();
    return this.nextId++;
  }

  /** Notes that records changed; {@link Store.flush} writes them. */
  public changed(): void {
    this.dirty = true;
  }

  /**
   * Resolves when everything noted so far is on disk. Calls that overlap share a write.
   * @throws If the file cannot be written; the change stays noted and the next flush tries again.
   */
  public async flush(): Promise<void> {
    // A write under way may have taken its copy before the latest change; one more is enough, whoever starts it.
    if (this.writing !== undefined) await this.writing;
    if (!this.dirty) return;
    this.writing ??= this.write().finally(() => (this.writing = undefined));
    await this.writing;
  }

  private async write(): Promise<void> {
    this.dirty = false;
    this.forgetOldActions();
    if (this.file === undefined) return;
    const temporary = `${this.file}.${process.pid}.tmp`;
    try {
      // A leftover of a crash could have another mode, which writeFile would keep.
      await rm(temporary, { force: true });
      await writeFile(temporary, JSON.stringify(this.state()), { mode: 0o600 });
      await rename(temporary, this.file);
    } catch (error) {
      this.dirty = true;
      throw error;
    }
  }

  private state(): State {
    return {
      version: 1,
      nextId: this.nextId,
      keys: this.keys.all(),
      tags: this.tags.all(),
      vpcs: this.vpcs.all(),
      droplets: this.droplets.all(),
      firewalls: this.firewalls.all(),
      reservedIps: this.reservedIps.all(),
      volumes: this.volumes.all(),
      projects: this.projects.all(),
      loadBalancers: this.loadBalancers.all(),
      actions: this.actions.all(),
      pools: this.pools.all(),
      seeded: this.seeded.all(),
    };
  }

  private forgetOldActions(): void {
    let surplus = this.actions.size - ACTIONS_KEPT;
    if (surplus <= 0) return;
    for (const action of this.actions.all()) {
      if (surplus <= 0) return;
      if (action.status === "in-progress") continue;
      this.actions.delete(action.id);
      surplus--;
    }
  }
}
