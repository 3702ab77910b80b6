/**
 * Hosts that boot nothing: for contract tests of the API, and for simulating clusters that are larger than this
 * machine. Every call is recorded.
 */
import { setTimeout as sleep } from "node:timers/promises";

import type {
  HostFirewall,
  HostMacs,
  HostNetwork,
  Hosts,
  HostSpec,
  HostState,
  HostVolume,
  HostVolumeSpec,
} from "./hosts";

/** The method of {@link Hosts} that was called, with the host's, network's or volume's id. */
export interface HostCall {
  readonly method: Exclude<keyof Hosts, "state" | "macs">;
  readonly id: number | string;
}

/** What is known of one host that does not exist. */
export interface ImaginaryHost {
  readonly spec: HostSpec;
  state: "running" | "off";
  firewall: HostFirewall;
  readonly addresses: Set<string>;
  volumes: readonly HostVolume[];
}

/** In-memory hosts. */
export class NoHosts implements Hosts {
  /** All hosts by id, as their last call left them. */
  public readonly hosts = new Map<number, ImaginaryHost>();
  /** All volumes by id. */
  public readonly volumes = new Map<string, HostVolumeSpec>();
  /** All networks by id. */
  public readonly networks = new Map<string, HostNetwork>();
  /** Every call so far, oldest first, noted when it starts. */
  public readonly calls: HostCall[] = [];
  /** Set by a test to let calls fail: an error returned here rejects the call. */
  public failure: ((call: HostCall) => Error | undefined) | undefined;

  /** @param delays - How long a boot and any other operation take, in milliseconds; 0 by default. */
  public constructor(private readonly delays: { readonly bootMs?: number; readonly otherMs?: number } = {}) {}

  public async prepare(publicNetwork: HostNetwork, report: (line: string) => void): Promise<void> {
    await this.note("prepare", publicNetwork.id);
    report("no hosts are booted in this lab");
  }

  public async createNetwork(network: HostNetwork): Promise<void> {
    await this.note("createNetwork", network.id);
    this.networks.set(network.id, network);
  }

  public async removeNetwork(network: HostNetwork): Promise<void> {
    await this.note("removeNetwork", network.id);
    this.networks.delete(network.id);
  }

  public async create(spec: HostSpec): Promise<void> {
    await this.note("create", spec.id);
    if (this.hosts.has(spec.id)) return;
    const { firewall, volumes } = spec;
    this.hosts.set(spec.id, { spec, state: "running", firewall, addresses: new Set(), volumes });
  }

  public async remove(id: number): Promise<void> {
    await this.note("remove", id);
    this.hosts.delete(id);
  }

  public async powerOff(id: number): Promise<void> {
    await this.note("powerOff", id);
    const host = this.find(id);
    host.state = "off";
    // As on a real host: an address that was added by hand is gone when the interface is.
    host.addresses.clear();
  }

  public async powerOn(id: number, firewall: HostFirewall, volumes: readonly HostVolume[]): Promise<void> {
    await this.note("powerOn", id);
    Object.assign(this.find(id), { state: "running", firewall, volumes });
  }

  public state(id: number): Promise<HostState> {
    return Promise.resolve(this.hosts.get(id)?.state ?? "missing");
  }

  public macs(id: number): Promise<HostMacs | undefined> {
    const running = this.hosts.get(id)?.state === "running";
    return Promise.resolve(
      running ? { public: "02:42:c6:12:00:02", private: "02:42:0a:00:00:02" } : undefined,
    );
  }

  public async applyFirewall(id: number, firewall: HostFirewall): Promise<void> {
    await this.note("applyFirewall", id);
    this.find(id).firewall = firewall;
  }

  public async attachAddress(id: number, address: string): Promise<void> {
    await this.note("attachAddress", id);
    this.find(id).addresses.add(address);
  }

  public async detachAddress(id: number, address: string): Promise<void> {
    await this.note("detachAddress", id);
    this.find(id).addresses.delete(address);
  }

  public async createVolume(volume: HostVolumeSpec): Promise<void> {
    await this.note("createVolume", volume.id);
    this.volumes.set(volume.id, volume);
  }

  public async removeVolume(id: string): Promise<void> {
    await this.note("removeVolume", id);
    this.volumes.delete(id);
  }

  public async resizeVolume(id: string, size: number): Promise<void> {
    await this.note("resizeVolume", id);
    const volume = this.volumes.get(id);
    if (volume === undefined) throw new Error(`volume ${id} does not exist`);
    this.volumes.set(id, { ...volume, size });
  }

  public async setVolumes(id: number, volumes: readonly HostVolume[]): Promise<void> {
    await this.note("setVolumes", id);
    this.find(id).volumes = volumes;
  }

  /** The ids that a method was called with, in order. */
  public called(method: HostCall["method"]): (number | string)[] {
    return this.calls.filter(call => call.method === method).map(call => call.id);
  }

  private async note(method: HostCall["method"], id: number | string): Promise<void> {
    const call = { method, id };
    this.calls.push(call);
    const delay = method === "create" ? this.delays.bootMs : this.delays.otherMs;
    if (delay !== undefined && delay > 0) await sleep(delay);
    const failure = this.failure?.(call);
    if (failure !== undefined) throw failure;
  }

  private find(id: number): ImaginaryHost {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`host ${id} does not exist`);
    return host;
  }
}
