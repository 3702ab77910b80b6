/** Hosts that are containers, each with its own systemd, sshd, cloud-init and Docker engine. */
import type Docker from "dockerode";

import { type EngineInfo, engineInfo } from "../engine/engine";
import { messageOf, unless } from "../engine/errors";
import { FORWARDING, raise } from "../engine/kernel";
import { LAB_LABEL } from "../engine/paths";
import type { Report } from "../engine/prerequisites";
import { ensureImage } from "../image/image";
import { kindOf } from "../image/kinds";
import { awaitBoot } from "./boot";
import type { ContainerHostsOptions } from "./container-hosts-options";
import { containerSettings, DROPLET_LABEL, interfaceName, volumeName } from "./container-settings";
import { DropletDirectories } from "./droplet-directories";
import { runInside } from "./exec";
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
import { Networks } from "./networks";
import { attaching, detaching } from "./reserved-address";
import { Volumes } from "./volumes";

/** The machines of one lab. The caller does one thing at a time to any one host, as the API does. */
export class ContainerHosts implements Hosts {
  private readonly docker: Docker;
  private readonly lab: string;
  private readonly directories: DropletDirectories;
  private readonly volumes: Volumes;
  private readonly networks: Networks;
  private readonly egress: boolean;
  private readonly agentSeconds: number;
  private readonly packages: ContainerHostsOptions["packages"];
  private info: Promise<EngineInfo> | undefined;
  private report: Report = () => undefined;

  public constructor(options: ContainerHostsOptions) {
    const { docker, lab, directory, egress = false, metadata } = options;
    this.agentSeconds = options.agentSeconds ?? 10;
    this.packages = options.packages;
    this.docker = docker;
    this.lab = lab;
    this.directories = new DropletDirectories(directory, metadata);
    this.volumes = new Volumes(directory);
    this.egress = egress;
    this.networks = new Networks(docker, lab, egress);
  }

  public async prepare(publicNetwork: HostNetwork, report: Report): Promise<void> {
    this.report = report;
    if (this.egress) await raise(FORWARDING, report);
    await ensureImage(this.docker, "ubuntu-24-04-x64", report);
    await this.networks.createPublic(publicNetwork);
  }

  public createNetwork(network: HostNetwork): Promise<void> {
    return this.networks.createVpc(network);
  }

  public removeNetwork(network: HostNetwork): Promise<void> {
    return this.networks.removeVpc(network);
  }

  public create(spec: HostSpec): Promise<void> {
    return this.do("create", spec.id, async () => {
      const existing = await this.find(spec.id);
      if (existing?.State === "running") return;
      // A container that never ran may be half made; starting afresh is always right.
      if (existing !== undefined) await this.remove(spec.id);
      try {
        await this.boot(spec);
      } catch (error) {
        await this.remove(spec.id).catch(() => undefined);
        throw error;
      }
    });
  }

  public remove(id: number): Promise<void> {
    return this.do("remove", id, async () => {
      const existing = await this.find(id);
      if (existing !== undefined) {
        await unless(404, this.docker.getContainer(existing.Id).remove({ force: true, v: true }));
      }
      await unless(404, this.docker.getVolume(volumeName(this.lab, id)).remove());
      await this.volumes.release(this.directories.of(id));
      await this.directories.remove(id);
    });
  }

  public powerOff(id: number): Promise<void> {
    return this.do("power off", id, async () => {
      const container = await this.get(id);
      if (container.State !== "running") return;
      // As DigitalOcean does it: the plug is pulled. 409 says that it was off already.
      await unless(409, this.docker.getContainer(container.Id).kill());
      await this.docker.getContainer(container.Id).wait();
    });
  }

  public powerOn(id: number, firewall: HostFirewall, volumes: readonly HostVolume[]): Promise<void> {
    return this.do("power on", id, async () => {
      const container = await this.get(id);
      if (container.State === "running") {
        await this.applyFirewall(id, firewall);
        return this.setVolumes(id, volumes);
      }
      await this.directories.writeFirewall(id, firewall);
      const end = await this.volumes.give(this.directories.of(id), volumes);
      await end();
      await this.docker.getContainer(container.Id).start();
      await awaitBoot(this.docker, container.Id);
    });
  }

  public state(id: number): Promise<HostState> {
    return this.do("look at", id, async () => {
      const container = await this.find(id);
      if (container === undefined) return "missing";
      return container.State === "running" ? "running" : "off";
    });
  }

  public macs(id: number): Promise<HostMacs | undefined> {
    return this.do("look at", id, async () => {
      const container = await this.find(id);
      if (container?.State !== "running") return undefined;
      const networks = container.NetworkSettings.Networks;
      const { [this.networks.publicName]: outside, ...others } = networks;
      return { public: outside?.MacAddress ?? "", private: Object.values(others)[0]?.MacAddress ?? "" };
    });
  }

  public applyFirewall(id: number, firewall: HostFirewall): Promise<void> {
    return this.do("apply the firewall of", id, async () => {
      const container = await this.get(id);
      await this.directories.writeFirewall(id, firewall);
      if (container.State === "running") await this.run(container.Id, ["nft", "-f", "/opt/lab/firewall.nft"]);
    });
  }

  public attachAddress(id: number, address: string): Promise<void> {
    return this.do("attach an address to", id, async () => {
      const container = await this.get(id);
      await this.run(container.Id, attaching(address));
    });
  }

  public detachAddress(id: number, address: string): Promise<void> {
    return this.do("detach an address from", id, async () => {
      const container = await this.find(id);
      // A host that is off has no addresses, and gets those that are still its own after it is powered on.
      if (container?.State !== "running") return;
      await this.run(container.Id, detaching(address));
    });
  }

  public createVolume(volume: HostVolumeSpec): Promise<void> {
    return this.volumes.create(volume, this.report);
  }

  public removeVolume(id: string): Promise<void> {
    return this.volumes.remove(id);
  }

  public resizeVolume(id: string, size: number): Promise<void> {
    return this.volumes.resize(id, size);
  }

  public setVolumes(id: number, volumes: readonly HostVolume[]): Promise<void> {
    return this.do("set the volumes of", id, async () => {
      if (volumes.length === 0 && !(await this.volumes.known(this.directories.of(id)))) return;
      const container = await this.get(id);
      const end = await this.volumes.give(this.directories.of(id), volumes);
      await this.run(container.Id, ["/usr/local/sbin/lab-volumes"]);
      await end();
    });
  }

  private async boot(spec: HostSpec): Promise<void> {
    const image = await ensureImage(this.docker, spec.image, this.report);
    await this.readyPackages(spec);
    const directory = this.directories.of(spec.id);
    await this.directories.create(spec);
    await this.directories.writeFirewall(spec.id, spec.firewall);
    await this.volumes.give(directory, spec.volumes);
    this.info ??= engineInfo(this.docker);
    const container = await this.docker.createContainer(
      containerSettings(spec, {
        lab: this.lab,
        image,
        publicNetwork: this.networks.publicName,
        directory,
        info: await this.info,
        egress: this.egress,
        agentSeconds: this.agentSeconds,
      }),
    );
    await this.docker.getNetwork(this.networks.vpcName(spec.vpc.id)).connect({
      Container: container.id,
      EndpointConfig: { DriverOpts: interfaceName("eth1") },
    });
    await container.start();
    await awaitBoot(this.docker, container.id);
  }

  /** A droplet boots without packages too: then it is its preparation that fails, and says what it cannot reach. */
  private async readyPackages({ image, publicInterface }: HostSpec): Promise<void> {
    try {
      const needed = kindOf(image).engine === "none";
      await this.packages?.(publicInterface.gateway ?? "", needed, this.report);
    } catch (error) {
      const reason = messageOf(error);
      this.report(`droplets have no packages: ${reason}`);
    }
  }

  /** A host that is powered off meanwhile needs none of it any more. */
  private run(container: string, command: readonly string[]): Promise<unknown> {
    return unless(409, runInside(this.docker, container, command));
  }

  private async find(id: number): Promise<Docker.ContainerInfo | undefined> {
    const label = [`${LAB_LABEL}=${this.lab}`, `${DROPLET_LABEL}=${id}`];
    return (await this.docker.listContainers({ all: true, filters: { label } }))[0];
  }

  private async get(id: number): Promise<Docker.ContainerInfo> {
    const container = await this.find(id);
    if (container === undefined) throw new Error("its container is missing");
    return container;
  }

  private async do<Result>(what: string, id: number, action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      const reason = messageOf(error);
      throw new Error(`could not ${what} host ${id} of the lab ${this.lab}: ${reason}`, { cause: error });
    }
  }
}
