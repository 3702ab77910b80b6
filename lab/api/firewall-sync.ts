/**
 * Keeps the hosts' firewalls as the records say. Changes are gathered and applied off the response path: a droplet
 * has at most one update waiting, and the update takes the rules as they are when it runs.
 */
import { setImmediate as nextTurn } from "node:timers/promises";

import { messageOf } from "../engine/errors";
import type { HostFirewall, Hosts } from "../hosts/hosts";
import { applies, type Member, type ResolvedFirewall, resolveFirewalls } from "./firewall-rules";
import { ipv6Of } from "./ipv6";
import type { Lanes } from "./lanes";
import type { DropletRecord, FirewallRecord } from "./records";
import type { Store } from "./store";

/** The lane of all operations on one droplet's host. */
export function dropletLane(id: number): string {
  return `droplet/${id}`;
}

/** A droplet that does not yet, or no longer, follow a firewall's present rules. */
export interface PendingChange {
  readonly droplet_id: number;
  readonly removing: boolean;
  readonly status: string;
}

/** The updates of all hosts' firewalls. */
export class FirewallSync {
  /** What each host has, by droplet, as {@link ResolvedFirewall.key}. */
  private readonly applied = new Map<number, string>();
  /** Droplets with an update in their lane. */
  private readonly queued = new Set<number>();
  /** Droplets whose last update failed. */
  private readonly failed = new Set<number>();
  private scheduled = false;
  private resolved: Map<number, ResolvedFirewall> | undefined;

  public constructor(
    private readonly store: Store,
    private readonly hosts: Hosts,
    private readonly lanes: Lanes,
    private readonly log: (line: string) => void,
  ) {}

  /** Notes that a firewall, a droplet, a tag or a reserved IP changed. */
  public changed(): void {
    this.resolved = undefined;
    if (this.scheduled) return;
    this.scheduled = true;
    void this.lanes.run("firewalls", async () => {
      // Changes of the same moment, such as ten droplets at once, become one update.
      await nextTurn();
      this.scheduled = false;
      this.enqueue();
    });
  }

  /** The firewall to boot a host with, which then counts as applied. */
  public take(id: number): HostFirewall {
    const resolved = this.current(id);
    this.applied.set(id, resolved.key);
    this.failed.delete(id);
    return resolved.firewall;
  }

  /** Forgets what a host has: it was removed, or it is unknown what it has. */
  public forget(id: number): void {
    this.applied.delete(id);
    this.failed.delete(id);
  }

  /** Whether a firewall is in force on its droplets, and where not yet. */
  public progress(firewall: FirewallRecord): {
    status: "waiting" | "succeeded" | "failed";
    pending: PendingChange[];
  } {
    const members = this.store.droplets
      .all()
      .filter(
        droplet =>
          !droplet.deleting &&
          droplet.hostless !== true &&
          (droplet.status === "new" || droplet.status === "active") &&
          applies(firewall, droplet),
      );
    if (members.some(droplet => this.failed.has(droplet.id))) return { status: "failed", pending: [] };
    const pending = members
      .filter(droplet => this.applied.get(droplet.id) !== this.current(droplet.id).key)
      .map(droplet => ({ droplet_id: droplet.id, removing: false, status: "waiting" }));
    return { status: pending.length > 0 ? "waiting" : "succeeded", pending };
  }

  private current(id: number): ResolvedFirewall {
    this.resolved ??= resolveFirewalls(
      this.store.firewalls.all(),
      this.store.droplets.all().map(droplet => memberOf(droplet, this.store)),
      this.store.loadBalancers.all().map(({ id, publicAddress, privateAddress }) => ({
        id,
        addresses: [publicAddress, privateAddress],
      })),
    );
    return this.resolved.get(id) ?? { firewall: {}, key: "{}" };
  }

  private enqueue(): void {
    for (const droplet of this.store.droplets.all()) {
      if (droplet.hostless === true || this.queued.has(droplet.id)) continue;
      if (this.applied.get(droplet.id) === this.current(droplet.id).key) continue;
      this.queued.add(droplet.id);
      void this.lanes.run(dropletLane(droplet.id), () => this.apply(droplet.id));
    }
  }

  private async apply(id: number): Promise<void> {
    this.queued.delete(id);
    const droplet = this.store.droplets.get(id);
    // A host that is off, or being booted, takes its firewall when it starts.
    if (droplet?.status !== "active" || droplet.deleting) return;
    const { firewall, key } = this.current(id);
    if (this.applied.get(id) === key) return;
    try {
      await this.hosts.applyFirewall(id, firewall);
      this.applied.set(id, key);
      this.failed.delete(id);
    } catch (error) {
      // Tried again at the next change; until then the firewall says `failed`.
      this.applied.delete(id);
      this.failed.add(id);
      this.log(`firewall of droplet ${id} was not applied: ${messageOf(error)}`);
    }
  }
}

function memberOf(droplet: DropletRecord, store: Store): Member {
  const reserved = store.reservedIps.all().filter(record => record.dropletId === droplet.id);
  return {
    id: droplet.id,
    tags: droplet.tags,
    addresses: [
      droplet.publicAddress,
      droplet.privateAddress,
      ...reserved.map(record => record.ip),
      ...(droplet.features.includes("ipv6") ? [ipv6Of(droplet.publicAddress)] : []),
    ],
  };
}
