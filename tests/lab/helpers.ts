/** A lab without hosts for contract tests, and typed requests to it. */
import { type Api, type ApiOptions, createApi } from "../../lab/api/server";
import { NoHosts } from "../../lab/hosts/none";

/** A token that must never show up in any log. */
export const TOKEN = "dop_v1_token-of-the-test";

/** An answer, with its JSON body taken for what the test says it is. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly body: Body;
}

/** DigitalOcean's error. */
export interface ErrorBody {
  readonly id: string;
  readonly message: string;
  readonly request_id: string;
}

/** What every list has. */
export interface Pages {
  readonly links: { readonly pages?: { first?: string; prev?: string; next?: string; last?: string } };
  readonly meta: { readonly total: number };
}

/** The part of an action that tests look at. */
export interface ActionBody {
  readonly id: number;
  readonly status: string;
  readonly type: string;
  readonly completed_at: string | null;
  readonly resource_id: number | null;
  readonly resource_type: string;
}

/** The part of a droplet that tests look at. */
export interface DropletBody {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly locked: boolean;
  readonly features: string[];
  readonly tags: string[];
  readonly size_slug: string;
  readonly disk: number;
  readonly vpc_uuid: string;
  readonly volume_ids: string[];
  readonly region: { readonly slug: string };
  readonly size: { readonly slug: string; readonly price_hourly: number };
  readonly image: { readonly slug: string };
  readonly networks: {
    readonly v4: { ip_address: string; type: string; gateway: string | null; netmask: string }[];
    readonly v6: unknown[];
  };
}

/** The part of a firewall that tests look at. */
export interface FirewallBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly inbound_rules: { protocol: string; ports: string; sources: Record<string, unknown> }[];
  readonly outbound_rules: { protocol: string; ports: string; destinations: Record<string, unknown> }[];
  readonly droplet_ids: number[];
  readonly tags: string[];
  readonly pending_changes: unknown[];
}

/** The part of a volume that tests look at. */
export interface VolumeBody {
  readonly id: string;
  readonly name: string;
  readonly region: { readonly slug: string };
  readonly size_gigabytes: number;
  readonly droplet_ids: number[];
  readonly tags: string[];
}

/** The part of a VPC that tests look at. */
export interface VpcBody {
  readonly id: string;
  readonly urn: string;
  readonly name: string;
  readonly description: string;
  readonly ip_range: string;
  readonly default: boolean;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A running lab and its imaginary hosts. */
export class Lab {
  private constructor(
    public readonly api: Api,
    public readonly hosts: NoHosts,
    public readonly log: readonly string[],
  ) {}

  public static async start(options: Partial<ApiOptions> & { hosts?: NoHosts } = {}): Promise<Lab> {
    const log: string[] = [];
    const hosts = options.hosts ?? new NoHosts();
    const api = await createApi({
      publicRange: "198.18.0.0/24",
      log: line => log.push(line),
      ...options,
      // A VPC can be deleted at once, unless a test wants it otherwise.
      behaviour: { membersMs: 0, ...options.behaviour },
      hosts,
    });
    const lab = new Lab(api, hosts, log);
    running.push(lab);
    return lab;
  }

  public async call<Body = unknown>(
    method: Method,
    url: string,
    body?: object,
    headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
  ): Promise<Answer<Body>> {
    const response = await this.api.app.inject({ method, url, headers, payload: body });
    const parsed: unknown = response.body === "" ? undefined : JSON.parse(response.body);
    return { status: response.statusCode, headers: response.headers, body: parsed as Body };
  }

  public get<Body = unknown>(url: string): Promise<Answer<Body>> {
    return this.call<Body>("GET", url);
  }

  public post<Body = unknown>(url: string, body: object): Promise<Answer<Body>> {
    return this.call<Body>("POST", url, body);
  }

  public put<Body = unknown>(url: string, body: object): Promise<Answer<Body>> {
    return this.call<Body>("PUT", url, body);
  }

  public delete<Body = unknown>(url: string, body?: object): Promise<Answer<Body>> {
    return this.call<Body>("DELETE", url, body);
  }

  public settled(): Promise<void> {
    return this.api.settled();
  }

  /** Creates a droplet and waits until it is active. */
  public async droplet(more: object = {}): Promise<DropletBody> {
    const { body } = await this.post<{ droplet: DropletBody }>("/v2/droplets", dropletRequest(more));
    await this.settled();
    return this.find(body.droplet.id);
  }

  public async find(id: number): Promise<DropletBody> {
    return (await this.get<{ droplet: DropletBody }>(`/v2/droplets/${id}`)).body.droplet;
  }

  /** Creates a firewall and waits until it is in force. */
  public async firewall(more: object = {}): Promise<FirewallBody> {
    const { body } = await this.post<{ firewall: FirewallBody }>("/v2/firewalls", firewallRequest(more));
    await this.settled();
    return body.firewall;
  }

  /** What the host of a droplet lets in, as `protocol/ports` with the ranges. */
  public inbound(id: number): Record<string, readonly string[]> | undefined {
    const rules = this.hosts.hosts.get(id)?.firewall.rules;
    if (rules === undefined) return undefined;
    return Object.fromEntries(rules.inbound.map(rule => [`${rule.protocol}/${rule.ports}`, rule.ranges]));
  }
}

const running: Lab[] = [];
afterEach(async () => {
  for (const lab of running.splice(0)) await lab.api.close();
});

/** The body that the provider sends for a small droplet. */
export function dropletRequest(more: object = {}): object {
  return { name: "node-1", region: "fra1", size: "s-1vcpu-1gb", image: "ubuntu-24-04-x64", ...more };
}

/** A rule that lets SSH in from one network. */
export const SSH_RULE = { protocol: "tcp", ports: "22", sources: { addresses: ["192.0.2.0/24"] } };

/** The body that the provider sends for a firewall that lets SSH in and everything out. */
export function firewallRequest(more: object = {}): object {
  const destinations = { addresses: ["0.0.0.0/0", "::/0"] };
  return {
    name: "fw",
    inbound_rules: [SSH_RULE],
    outbound_rules: [{ protocol: "tcp", ports: "all", destinations }],
    droplet_ids: [],
    tags: [],
    ...more,
  };
}

/** The droplet's address on one of its two networks. */
export function addressOf(droplet: DropletBody, type: "public" | "private"): string | undefined {
  return droplet.networks.v4.find(network => network.type === type)?.ip_address;
}

/** A valid OpenSSH public key; each number makes another one. */
export function publicKey(number = 1): string {
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const blob = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.alloc(32, number))]);
  return `ssh-ed25519 ${blob.toString("base64")} test@lab\n`;
}
