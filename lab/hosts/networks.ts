/** The networks of a lab, as the engine's bridges. */
import type Docker from "dockerode";

import { statusOf } from "../engine/errors";
import { LAB_LABEL } from "../engine/paths";
import { waitFor } from "../engine/wait";
import type { HostNetwork } from "./hosts";

const NETWORK_LABEL = "digitalocean-swarm.network";
const REMOVAL_MS = 15_000;

/** The networks of one lab. */
export class Networks {
  public constructor(
    private readonly docker: Docker,
    private readonly lab: string,
    /** Whether droplets may reach the world outside this machine. */
    private readonly egress: boolean,
  ) {}

  /** The engine's name of the public network. */
  public get publicName(): string {
    return `${this.lab}-public`;
  }

  /** The engine's name of a VPC's network. */
  public vpcName(id: string): string {
    return `${this.lab}-vpc-${id}`;
  }

  /** Creates the public network: this machine is its gateway, and reaches the droplets by their public addresses. */
  public async createPublic(network: HostNetwork): Promise<void> {
    const existing = await this.find(this.publicName);
    if (existing !== undefined) {
      const range = existing.IPAM?.Config?.[0]?.Subnet;
      if (range === network.range && existing.Internal === !this.egress) return;
      throw new Error(
        `the network ${this.publicName} exists with other settings (${range ?? "no range"}, ` +
          `${existing.Internal ? "without" : "with"} egress): remove the lab first, with "down"`,
      );
    }
    await this.create(this.publicName, network, {
      Internal: !this.egress,
      IPAM: { Driver: "default", Config: [{ Subnet: network.range }] },
    });
  }

  /**
   * Creates a VPC's network. The engine knows nothing of its range, and picks another: it would refuse the range if a
   * VPC of another lab had the same one, and on DigitalOcean two accounts may well choose the same. Nor does this
   * machine get an address there, so that the range cannot shadow any of its routes. The droplets set their private
   * addresses themselves.
   */
  public async createVpc(network: HostNetwork): Promise<void> {
    const name = this.vpcName(network.id);
    if ((await this.find(name)) !== undefined) return;
    await this.create(name, network, {
      Options: {
        "com.docker.network.bridge.inhibit_ipv4": "true",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
      },
    });
  }

  /** Removes a VPC's network. The last droplet may still be leaving it, so this waits a little. */
  public async removeVpc(network: HostNetwork): Promise<void> {
    const name = this.vpcName(network.id);
    await waitFor(
      {
        what: `the network ${name} to be without droplets`,
        timeoutMs: REMOVAL_MS,
        intervalMs: 250,
        advice: "Remove the droplets of that VPC first.",
      },
      async () => {
        const existing = await this.find(name);
        if (existing === undefined) return true;
        try {
          await this.docker.getNetwork(existing.Id).remove();
          return true;
        } catch (error) {
          if (statusOf(error) === 404) return true;
          if (statusOf(error) === 403) return undefined;
          throw new Error(`the network ${name} could not be removed`, { cause: error });
        }
      },
    );
  }

  private async find(name: string): Promise<Docker.NetworkInspectInfo | undefined> {
    const networks = await this.docker.listNetworks({
      filters: { label: [`${LAB_LABEL}=${this.lab}`], name: [name] },
    });
    return networks.find(network => network.Name === name);
  }

  private async create(
    name: string,
    network: HostNetwork,
    settings: Partial<Docker.NetworkCreateOptions>,
  ): Promise<void> {
    try {
      await this.docker.createNetwork({
        Name: name,
        Driver: "bridge",
        Labels: { [LAB_LABEL]: this.lab, [NETWORK_LABEL]: network.id },
        ...settings,
      });
    } catch (error) {
      throw new Error(
        `the network ${name} (${network.range}) could not be created. If its range is in use on this machine, ` +
          "choose another, or remove what uses it (docker network ls).",
        { cause: error },
      );
    }
  }
}
