/**
 * Makes the hosts follow the droplets' records. Operations on one droplet run one after another; none of them is
 * waited for by a request. A failure ends the action as `errored` and is logged.
 */
import { messageOf } from "../engine/errors";
import type { Hosts, HostSpec } from "../hosts/hosts";
import type { Actions } from "./actions";
import { type AddressPools, PUBLIC_POOL } from "./address-pools";
import { gatewayOf, parseRange } from "./addresses";
import type { Behaviour } from "./behaviour";
import { findImage, findSize } from "./catalog";
import type { Settings } from "./context";
import { dropletLane, type FirewallSync } from "./firewall-sync";
import { IPV6_PREFIX, ipv6Of } from "./ipv6";
import type { Lanes } from "./lanes";
import type { ActionRecord, DropletRecord, ReservedIpRecord } from "./records";
import type { Store } from "./store";
import { hostVolumes, noteMounted } from "./volumes";

/** What {@link Machines} works with. */
export interface MachineParts {
  readonly store: Store;
  readonly hosts: Hosts;
  readonly lanes: Lanes;
  readonly actions: Actions;
  readonly firewalls: FirewallSync;
  readonly addresses: AddressPools;
  readonly behaviour: Behaviour;
  readonly settings: Settings;
  readonly log: (line: string) => void;
}

/** The hosts of all droplets. */
export class Machines {
  public constructor(private readonly parts: MachineParts) {}

  /** Boots a new droplet's host. Its addresses are known already, so its peers let it in while it boots. */
  public boot(droplet: DropletRecord, action: ActionRecord): void {
    const { hosts, firewalls } = this.parts;
    firewalls.changed();
    this.run(droplet, action, async () => {
      if (droplet.deleting) return;
      try {
        await hosts.create(this.spec(droplet));
        droplet.status = "active";
        noteMounted(this.parts.store, droplet.id);
      } catch (error) {
        droplet.status = "errored";
        firewalls.forget(droplet.id);
        throw error;
      } finally {
        firewalls.changed();
      }
    });
  }

  /** Removes a droplet's host, then its record. If the host cannot be removed the droplet stays, and can be deleted again. */
  public remove(droplet: DropletRecord): void {
    const { store, hosts, behaviour, log } = this.parts;
    droplet.deleting = true;
    store.changed();
    const { removalMs } = behaviour.now;
    this.enqueue(dropletLane(droplet.id), async () => {
      try {
        await hosts.remove(droplet.id);
      } catch (error) {
        droplet.deleting = false;
        log(`droplet ${droplet.id} was not removed: ${messageOf(error)}`);
        return;
      }
      await behaviour.pause(removalMs);
      this.forget(droplet);
    });
  }

  private forget(droplet: DropletRecord): void {
    const { store, addresses, firewalls } = this.parts;
    store.droplets.delete(droplet.id);
    for (const reserved of store.reservedIps.all()) {
      if (reserved.dropletId === droplet.id) reserved.dropletId = null;
    }
    for (const volume of store.volumes.all()) {
      if (volume.dropletId === droplet.id) volume.dropletId = null;
    }
    for (const firewall of store.firewalls.all()) {
      firewall.dropletIds = firewall.dropletIds.filter(id => id !== droplet.id);
    }
    addresses.free(PUBLIC_POOL, droplet.publicAddress);
    addresses.free(droplet.vpcId, droplet.privateAddress);
    const vpc = store.vpcs.get(droplet.vpcId);
    if (vpc !== undefined) vpc.memberLeftAt = Date.now();
    firewalls.forget(droplet.id);
    firewalls.changed();
  }

  public async powerOff(droplet: DropletRecord): Promise<void> {
    await this.parts.hosts.powerOff(droplet.id);
    droplet.status = "off";
  }

  public async powerOn(droplet: DropletRecord): Promise<void> {
    const { hosts, firewalls, store } = this.parts;
    try {
      await hosts.powerOn(droplet.id, firewalls.take(droplet.id), hostVolumes(store, droplet.id));
    } catch (error) {
      firewalls.forget(droplet.id);
      throw error;
    }
    droplet.status = "active";
    noteMounted(store, droplet.id);
    for (const reserved of store.reservedIps.all()) {
      if (reserved.dropletId === droplet.id) await hosts.attachAddress(droplet.id, reserved.ip);
    }
    // The rules may have changed while it started.
    firewalls.changed();
  }

  /** Moves a reserved IP to a droplet, or takes it away (`null`), and ends the action. */
  public assign(reserved: ReservedIpRecord, to: DropletRecord | null, action: ActionRecord): void {
    const { store, hosts, firewalls, actions, log } = this.parts;
    reserved.locked = true;
    reserved.nextDropletId = to?.id ?? null;
    store.changed();
    const move = async (): Promise<void> => {
      const from = reserved.dropletId === null ? undefined : store.droplets.get(reserved.dropletId);
      if (from?.status === "active" && from.id !== to?.id) {
        await this.onLane(from.id, () => hosts.detachAddress(from.id, reserved.ip));
      }
      reserved.dropletId = null;
      if (to === null) return;
      await this.onLane(to.id, async () => {
        if (!store.droplets.get(to.id) || to.deleting) throw new Error(`droplet ${to.id} is gone`);
        // One that is off gets its addresses when it is powered on.
        if (to.status === "active") await hosts.attachAddress(to.id, reserved.ip);
        reserved.dropletId = to.id;
      });
    };
    void this.parts.lanes.run(`reserved_ip/${reserved.ip}`, async () => {
      await this.pause();
      let status: "completed" | "errored" = "completed";
      try {
        await move();
      } catch (error) {
        status = "errored";
        log(`reserved IP ${reserved.ip} was not moved: ${messageOf(error)}`);
      }
      reserved.locked = false;
      reserved.nextDropletId = null;
      firewalls.changed();
      actions.finish(action, status);
      await this.save();
    });
  }

  /** Runs a droplet's operation in its turn, and ends the action with its outcome. */
  public run(droplet: DropletRecord, action: ActionRecord, job: () => Promise<void>): void {
    this.runOn(dropletLane(droplet.id), action, job);
  }

  /** The same for anything else, in the order of its lane. */
  public runOn(lane: string, action: ActionRecord, job: () => Promise<void>): void {
    const { actions, log } = this.parts;
    this.enqueue(lane, async () => {
      await this.pause();
      try {
        await job();
        actions.finish(action, "completed");
      } catch (error) {
        actions.finish(action, "errored");
        log(`${lane.replace("/", " ")}: ${action.type} failed: ${messageOf(error)}`);
      }
    });
  }

  /** Saves what changed outside a request. */
  public async save(): Promise<void> {
    try {
      await this.parts.store.flush();
    } catch (error) {
      this.parts.log(`the state was not saved: ${messageOf(error)}`);
    }
  }

  private enqueue(lane: string, job: () => Promise<void>): void {
    void this.parts.lanes.run(lane, async () => {
      await job();
      this.parts.store.changed();
      await this.save();
    });
  }

  private onLane<Result>(id: number, job: () => Promise<Result>): Promise<Result> {
    return this.parts.lanes.run(dropletLane(id), job);
  }

  private pause(): Promise<void> {
    const { behaviour } = this.parts;
    return behaviour.pause(behaviour.now.actionMs);
  }

  private spec(droplet: DropletRecord): HostSpec {
    const { store, firewalls, settings } = this.parts;
    const { publicRange } = settings;
    const vpc = store.vpcs.get(droplet.vpcId);
    if (vpc === undefined) throw new Error(`VPC ${droplet.vpcId} of droplet ${droplet.id} is gone`);
    return {
      id: droplet.id,
      hostname: droplet.name,
      image: hostImage(droplet.image),
      userData: droplet.userData,
      sshKeys: droplet.sshKeys,
      memoryMiB: findSize(droplet.size)?.memory ?? 1024,
      publicInterface: {
        address: droplet.publicAddress,
        prefix: parseRange(publicRange).prefix,
        gateway: gatewayOf(publicRange),
      },
      publicIpv6: droplet.features.includes("ipv6")
        ? `${ipv6Of(droplet.publicAddress)}/${IPV6_PREFIX}`
        : undefined,
      privateInterface: { address: droplet.privateAddress, prefix: parseRange(vpc.range).prefix },
      vpc: { id: vpc.id, range: vpc.range },
      volumes: hostVolumes(store, droplet.id),
      firewall: firewalls.take(droplet.id),
    };
  }
}

/** Hosts know images by slug; a snapshot, which has none, by name. */
function hostImage(key: string): string {
  const image = findImage(key);
  return image?.slug ?? image?.name ?? key;
}
