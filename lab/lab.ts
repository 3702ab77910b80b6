/** A lab as a program uses it: bring it up, look at it, act behind Pulumi's back, take it down. */
import { readFile, rm } from "node:fs/promises";

import { gatewayOf } from "./api/addresses";
import type { BehaviourSettings } from "./api/behaviour";
import type { FaultSpec } from "./api/faults";
import { dataExists, removeData, stopDaemon } from "./engine/daemon";
import { type Engine, ensureEngine, findEngine } from "./engine/engine";
import { INOTIFY, raise, restoreKernel } from "./engine/kernel";
import { endLoopsBelow } from "./engine/loop";
import { removeObjects } from "./engine/objects";
import { LAB_LABEL, labDirectory } from "./engine/paths";
import { type Report, requireLinux } from "./engine/prerequisites";
import { execIn, type ExecResult } from "./hosts/exec";
import { removeImages } from "./image/image";
import { repositoriesDirectory } from "./packages/repository";
import { REPOSITORY_PORT } from "./packages/server";
import { answers, endpointOf, serverLog, startServer, stopServer } from "./server-process";
import { allSettings, ensureSettings, type LabChoices, type LabSettings, loadSettings } from "./settings";
import { type LabDroplet, own, ownNames, ownPaths, type Status } from "./status";

export type { LabDroplet } from "./status";

/** A lab that is up. */
export class Lab {
  /** Any token is taken; this one is in Pulumi.lab.yaml. */
  public readonly token = "lab";
  public readonly endpoint: string;

  public constructor(
    private readonly settings: LabSettings,
    private readonly engine: Engine,
  ) {
    this.endpoint = endpointOf(settings);
  }

  /** Where the lab's repository like Docker's answers, for stock droplets. */
  public get dockerMirror(): string {
    return `http://${gatewayOf(this.settings.publicRange)}:${REPOSITORY_PORT}`;
  }

  public get name(): string {
    return this.settings.name;
  }

  /** All droplets but those that were seeded. */
  public async droplets(): Promise<LabDroplet[]> {
    const { droplets } = await this.status();
    return droplets.filter(own).map(droplet => ({
      id: droplet.id,
      hostname: droplet.name,
      status: droplet.status,
      size: droplet.size,
      image: droplet.image,
      publicAddress: droplet.public_address,
      privateAddress: droplet.private_address,
      tags: droplet.tags,
    }));
  }

  /** Runs a command inside a droplet, past SSH and firewall. */
  public async exec(hostname: string, command: readonly string[]): Promise<ExecResult> {
    return execIn(this.engine.docker, (await this.container(hostname)).container, command);
  }

  /** The container that a droplet is, and the socket of its engine. */
  public async container(hostname: string): Promise<{ readonly socket: string; readonly container: string }> {
    const filters = { label: [`${LAB_LABEL}=${this.name}`] };
    const containers = await this.engine.docker.listContainers({ filters });
    const { id } = await this.droplet(hostname);
    const found = containers.find(({ Names }) => Names.some(name => name.endsWith(`-${id}`)));
    if (!found) throw new Error(`${hostname} does not run`);
    return { socket: this.engine.socket, container: found.Id };
  }

  /** What exists beside what was seeded, and the default VPCs that DigitalOcean makes: a line each. */
  public async leftovers(): Promise<string[]> {
    const filters = { label: [`${LAB_LABEL}=${this.name}`] };
    const containers = await this.engine.docker.listContainers({ all: true, filters });
    const { Volumes: volumes } = await this.engine.docker.listVolumes({ filters: JSON.stringify(filters) });
    return [
      ...ownNames(await this.status()),
      ...containers.map(({ Names }) => `container ${Names.join(" ")}`),
      ...volumes.map(({ Name }) => `volume ${Name}`),
    ];
  }

  /** Deletes all that {@link leftovers} finds in the account, where no droplet is left. */
  public async removeLeftovers(): Promise<void> {
    for (const path of ownPaths(await this.status())) await this.request("DELETE", `/v2/${path}`);
  }

  /** The last requests to the API, oldest first: a line each. */
  public async requests(count: number): Promise<string[]> {
    const response = await this.request("GET", `/lab/requests?count=${count}`);
    const { requests } = (await response.json()) as {
      requests: { time: string; method: string; path: string; status: number; ms: number }[];
    };
    return requests.map(
      ({ time, method, path, status, ms }) => `${time} ${status} ${method} ${path} (${ms} ms)`,
    );
  }

  /** What the server logged. */
  public async log(): Promise<string> {
    return readFile(serverLog(this.name), "utf8");
  }

  /** Makes the next matching requests fail. */
  public async setFault(fault: FaultSpec): Promise<void> {
    await this.request("POST", "/lab/faults", fault);
  }

  public async clearFaults(): Promise<void> {
    await this.request("DELETE", "/lab/faults");
  }

  /** Makes the lab more unkind, or kinder, until {@link behaveAsUsual}. */
  public async behave(changes: Partial<BehaviourSettings>): Promise<void> {
    await this.request("POST", "/lab/behaviour", changes);
  }

  /** Takes back what {@link behave} changed. Deletions that are slow for it come to their end. */
  public async behaveAsUsual(): Promise<void> {
    await this.request("DELETE", "/lab/behaviour");
  }

  /** Puts somebody else's things into the account, or makes them as they were. */
  public async seed(): Promise<void> {
    await this.request("POST", "/lab/seed");
  }

  /** What was seeded and is gone or changed: a line each. */
  public async seedTouched(): Promise<string[]> {
    return (await this.seedStatus()).touched;
  }

  /** Whether somebody else's things are in the account. */
  public async isSeeded(): Promise<boolean> {
    return (await this.seedStatus()).seeded > 0;
  }

  /**
   * Makes the account a new one, which has nothing, not even a default VPC.
   * @throws If anything is there that was not seeded, but for default VPCs.
   */
  public async emptyAccount(): Promise<void> {
    await this.request("DELETE", "/lab/seed");
  }

  /** The addresses that the next droplets and the next reserved IPs get, in this order. */
  public async addressesToCome(count: number): Promise<{ public: string[]; reserved: string[] }> {
    const response = await this.request("GET", `/lab/addresses?count=${count}`);
    return (await response.json()) as { public: string[]; reserved: string[] };
  }

  /** An action on a droplet, as somebody would take it by hand: `power_off`, `power_on`, `reboot` ... */
  public async act(hostname: string, type: string): Promise<void> {
    const { id } = await this.droplet(hostname);
    await this.request("POST", `/v2/droplets/${id}/actions`, { type });
  }

  /** Deletes a droplet, as somebody would by hand. */
  public async deleteDroplet(hostname: string): Promise<void> {
    const { id } = await this.droplet(hostname);
    await this.request("DELETE", `/v2/droplets/${id}`);
  }

  private async droplet(hostname: string): Promise<LabDroplet> {
    const found = (await this.droplets()).find(droplet => droplet.hostname === hostname);
    if (!found) throw new Error(`there is no droplet ${hostname} in the lab "${this.name}"`);
    return found;
  }

  private async seedStatus(): Promise<{ seeded: number; touched: string[] }> {
    return (await (await this.request("GET", "/lab/seed")).json()) as { seeded: number; touched: string[] };
  }

  private async status(): Promise<Status> {
    return (await (await this.request("GET", "/lab/status")).json()) as Status;
  }

  private async request(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.endpoint}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }
}

/**
 * Brings a lab up: installs what is missing, finds or starts an engine, builds the droplet image, starts the API. What
 * is there already stays.
 */
export async function labUp(choices: LabChoices, report: Report): Promise<Lab> {
  requireLinux();
  const settings = await ensureSettings(choices);
  const engine = await ensureEngine(report);
  await raise(INOTIFY, report);
  if (!(await answers(settings))) {
    report(`starting the lab "${settings.name}"`);
    await startServer(settings, report);
  }
  return new Lab(settings, engine);
}

/** A lab that is up already. */
export async function labStatus(name: string): Promise<Lab | undefined> {
  const settings = await loadSettings(name);
  if (!settings || !(await answers(settings))) return undefined;
  const engine = await findEngine();
  return engine && new Lab(settings, engine);
}

/**
 * Removes a lab: its server, containers, networks, volumes and state; and with the last lab the engine that was started
 * for it. The image stays, unless `purge`, for the next one.
 */
export async function labDown(
  { name, purge = false }: { readonly name: string; readonly purge?: boolean },
  report: Report,
): Promise<void> {
  requireLinux();
  report(`removing the lab "${name}"`);
  await stopServer(name);
  // An engine that was killed, or went with the machine, still has what it had when it starts again.
  const mayHaveObjects = (await loadSettings(name)) !== undefined && (await dataExists());
  const engine = (await findEngine()) ?? (mayHaveObjects ? await ensureEngine(report) : undefined);
  if (engine) {
    await removeObjects(engine.docker, name);
    if (purge) await removeImages(engine.docker, report);
  }
  await endLoopsBelow(labDirectory(name));
  await rm(labDirectory(name), { recursive: true, force: true });
  if ((await allSettings()).length > 0) return;
  await restoreKernel(report);
  if (engine?.ours) await stopDaemon(report);
  if (purge) await Promise.all([removeData(), rm(repositoriesDirectory(), { recursive: true, force: true })]);
}
