import { type Action, type ApiClient, POLL_MS, RequestFailed } from "../lab/client";
import { messageOf } from "../lab/engine/errors";
import { waitFor } from "../lab/engine/wait";
import { droplet } from "./droplet";
import { type Handler, type Props, text, texts } from "./entry";

interface ReservedIp {
  readonly ip: string;
  readonly droplet: { readonly id: number } | null;
}

/** The resources of `@pulumi/digitalocean` that the program uses, by type. */
export function digitalOcean(api: ApiClient): Record<string, Handler> {
  return {
    "digitalocean:index/tag:Tag": tag(api),
    "digitalocean:index/vpc:Vpc": vpc(api),
    "digitalocean:index/firewall:Firewall": firewall(api),
    "digitalocean:index/droplet:Droplet": droplet(api),
    "digitalocean:index/sshKey:SshKey": sshKey(api),
    "digitalocean:index/reservedIp:ReservedIp": reservedIp(api),
    "digitalocean:index/projectResources:ProjectResources": projectResources(api),
    "digitalocean:index/reservedIpAssignment:ReservedIpAssignment": assignment(api),
  };
}

/**
 * Reads what was just made, as the provider does. If it is not found yet, what was made is forgotten, and stays: that is
 * the provider's doing, and the next run makes another one.
 */
async function readNew(api: ApiClient, path: string): Promise<void> {
  if ((await api.find(path)) === undefined)
    throw new Error(
      `expected non-empty ID for new state during Create: ${path} was not found just after it was made`,
    );
}

const gone = (found: unknown): Props | undefined => (found === undefined ? undefined : {});

function tag(api: ApiClient): Handler {
  return {
    replaceOn: ["name"],
    autoName: true,
    async create({ name }) {
      await api.call("POST", "tags", { name });
      return { id: String(name), outputs: {} };
    },
    delete: ({ id }) => api.call("DELETE", `tags/${id}`),
    read: async ({ id }) => gone(await api.find(`tags/${id}`)),
  };
}

function vpc(api: ApiClient): Handler {
  return {
    replaceOn: ["region", "ipRange"],
    autoName: true,
    async create({ name, region, ipRange, description }) {
      const body = { name, region, ip_range: ipRange, description };
      const { vpc: made } = await api.call<{
        vpc: { id: string; urn: string; ip_range: string; default: boolean };
      }>("POST", "vpcs", body);
      await readNew(api, `vpcs/${made.id}`);
      const outputs = { vpcUrn: made.urn, ipRange: made.ip_range, default: made.default };
      return { id: made.id, outputs };
    },
    async update({ id, outputs }, { name, description }) {
      await api.call("PUT", `vpcs/${id}`, { name, description });
      return outputs;
    },
    // Members leave it a moment after their droplets are gone.
    async delete({ id, deleteSeconds = 120 }) {
      const busy = (error: unknown) => error instanceof RequestFailed && [403, 409].includes(error.status);
      let answer = "";
      const wait = {
        what: `vpc ${id} to be empty`,
        timeoutMs: deleteSeconds * 1000,
        intervalMs: POLL_MS,
        // It tells a default VPC from one with members.
        advice: () => answer,
      };
      await waitFor(wait, () =>
        api.call("DELETE", `vpcs/${id}`).catch((error: unknown) => {
          if (!busy(error)) throw error;
          answer = messageOf(error);
          return undefined;
        }),
      );
    },
    read: async ({ id }) => gone(await api.find(`vpcs/${id}`)),
  };
}

type Rule = Readonly<Record<string, unknown>>;

function firewall(api: ApiClient): Handler {
  const side = (rule: Rule, of: "source" | "destination") => ({
    addresses: rule[`${of}Addresses`],
    tags: rule[`${of}Tags`],
    droplet_ids: rule[`${of}DropletIds`],
  });
  const rules = (list: unknown) => (Array.isArray(list) ? (list as Rule[]) : []);
  const head = (rule: Rule) => ({ protocol: rule.protocol, ports: rule.portRange });
  const body = ({ name, inboundRules, outboundRules, tags, dropletIds }: Props) => ({
    name,
    tags,
    droplet_ids: dropletIds,
    inbound_rules: rules(inboundRules).map(rule => ({ ...head(rule), sources: side(rule, "source") })),
    outbound_rules: rules(outboundRules).map(rule => ({
      ...head(rule),
      destinations: side(rule, "destination"),
    })),
  });
  return {
    replaceOn: [],
    autoName: true,
    async create(inputs) {
      const made = await api.call<{ firewall: { id: string } }>("POST", "firewalls", body(inputs));
      return { id: made.firewall.id, outputs: {} };
    },
    async update({ id, outputs }, inputs) {
      await api.call("PUT", `firewalls/${id}`, body(inputs));
      return outputs;
    },
    delete: ({ id }) => api.call("DELETE", `firewalls/${id}`),
    read: async ({ id }) => gone(await api.find(`firewalls/${id}`)),
  };
}

function sshKey(api: ApiClient): Handler {
  return {
    replaceOn: ["publicKey"],
    autoName: true,
    async create({ name, publicKey }) {
      const body = { name, public_key: publicKey };
      const made = await api.call<{ ssh_key: { id: number; fingerprint: string } }>(
        "POST",
        "account/keys",
        body,
      );
      return { id: String(made.ssh_key.id), outputs: { fingerprint: made.ssh_key.fingerprint } };
    },
    async update({ id, outputs }, { name }) {
      await api.call("PUT", `account/keys/${id}`, { name });
      return outputs;
    },
    delete: ({ id }) => api.call("DELETE", `account/keys/${id}`),
    read: async ({ id }) => gone(await api.find(`account/keys/${id}`)),
  };
}

function reservedIp(api: ApiClient): Handler {
  return {
    replaceOn: ["region", "ipAddress"],
    async create({ region }) {
      const made = await api.call<{ reserved_ip: ReservedIp }>("POST", "reserved_ips", { region });
      const ip = made.reserved_ip.ip;
      await readNew(api, `reserved_ips/${ip}`);
      return { id: ip, outputs: { ipAddress: ip, reservedIpUrn: `do:reservedip:${ip}` } };
    },
    delete: ({ id }) => api.call("DELETE", `reserved_ips/${id}`),
    read: async ({ id }) => gone(await api.find(`reserved_ips/${id}`)),
  };
}

/** The program retains what it deletes of these, so that there is nothing to do then. */
function projectResources(api: ApiClient): Handler {
  const assign = (project: unknown, resources: readonly string[]) =>
    api.call("POST", `projects/${String(project)}/resources`, { resources });
  return {
    replaceOn: ["project"],
    async create({ project, resources }) {
      await assign(project, texts(resources));
      return { id: String(project), outputs: {} };
    },
    async update({ inputs: old, outputs }, { project, resources }) {
      const [before, after] = [texts(old.resources), texts(resources)];
      const leaving = before.filter(urn => !after.includes(urn));
      const coming = after.filter(urn => !before.includes(urn));
      if (leaving.length > 0) await assign("default", leaving);
      if (coming.length > 0) await assign(project, coming);
      return outputs;
    },
    async read({ id, inputs }) {
      const path = `projects/${id}/resources?per_page=200`;
      const found = await api.find<{ resources: { urn: string }[] }>(path);
      if (!found) return undefined;
      const there = new Set(found.resources.map(({ urn }) => urn));
      const resources = texts(inputs.resources).filter(urn => there.has(urn));
      return resources.length === texts(inputs.resources).length ? {} : { resources };
    },
  };
}

function assignment(api: ApiClient): Handler {
  const holder = async (inputs: Props) =>
    (await api.find<{ reserved_ip: ReservedIp }>(`reserved_ips/${text(inputs.ipAddress) ?? ""}`))?.reserved_ip
      .droplet?.id;
  return {
    replaceOn: ["ipAddress", "dropletId"],
    async create(inputs) {
      const { ipAddress, dropletId } = inputs as { ipAddress: string; dropletId: number };
      const what = `droplet ${dropletId} to be idle`;
      await waitFor({ what, timeoutMs: 120_000, intervalMs: POLL_MS }, async () => {
        const path = `droplets/${dropletId}/actions?per_page=50`;
        const { actions } = await api.call<{ actions: Action[] }>("GET", path);
        return actions.some(({ status }) => status === "in-progress") ? undefined : true;
      });
      await api.act(`reserved_ips/${ipAddress}`, { type: "assign", droplet_id: dropletId });
      return { id: `${dropletId}-${ipAddress}`, outputs: {} };
    },
    // When it is replaced, the address is at the next droplet by now, and stays there.
    async delete({ inputs }) {
      if ((await holder(inputs)) !== inputs.dropletId) return;
      await api.act(`reserved_ips/${text(inputs.ipAddress) ?? ""}`, { type: "unassign" });
    },
    read: async ({ inputs }) => ((await holder(inputs)) === inputs.dropletId ? {} : undefined),
  };
}
