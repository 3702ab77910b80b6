import { isDeepStrictEqual } from "node:util";

import { type ApiClient, POLL_MS } from "../lab/client";
import { waitFor } from "../lab/engine/wait";
import { type Handler, type Props, text, texts } from "./entry";

interface Droplet {
  readonly id: number;
  readonly status: string;
  readonly size_slug: string;
  readonly vpc_uuid: string;
  readonly tags: readonly string[];
  readonly networks: { readonly v4: readonly Address[]; readonly v6?: readonly Address[] };
}
interface Address {
  readonly ip_address: string;
  readonly type: string;
}

/** How often a new droplet may be not found before the provider gives it up. */
const NOT_FOUND_CHECKS = 120;
/** Seconds: the provider's own limit for a whole deletion, what it waits at most after it asked, and before it asks. */
const DELETION = { whole: 60, afterwards: 60, before: 10 };

/** `digitalocean:index/droplet:Droplet`. */
export function droplet(api: ApiClient): Handler {
  const find = async (id: string) => (await api.find<{ droplet: Droplet }>(`droplets/${id}`))?.droplet;
  return {
    replaceOn: ["image", "region", "userData", "sshKeys", "vpcUuid", "monitoring", "dropletAgent"],
    autoName: true,
    async create(inputs) {
      const made = await api.call<{ droplet: Droplet }>("POST", "droplets", {
        name: inputs.name,
        region: inputs.region,
        size: inputs.size,
        image: number(text(inputs.image) ?? ""),
        ssh_keys: texts(inputs.sshKeys).map(number),
        tags: inputs.tags,
        user_data: inputs.userData,
        vpc_uuid: inputs.vpcUuid,
        monitoring: inputs.monitoring ?? false,
        backups: inputs.backups ?? false,
        ipv6: inputs.ipv6 ?? false,
        with_droplet_agent: inputs.dropletAgent,
      });
      const id = String(made.droplet.id);
      let unseen = 0;
      const what = `droplet ${id} to become active`;
      const ready = await waitFor({ what, timeoutMs: 600_000, intervalMs: POLL_MS }, async () => {
        const now = await find(id);
        // Not there yet, at times; one that somebody deletes meanwhile looks the same.
        unseen = now ? 0 : unseen + 1;
        if (unseen > NOT_FOUND_CHECKS) throw new Error(`couldn't find resource (${unseen} retries)`);
        return now?.status === "new" ? undefined : now;
      });
      if (ready.status === "active") return { id, outputs: outputsOf(ready) };
      // The real engine would keep it as tainted; nothing here remembers it, so it must not stay.
      await api.call("DELETE", `droplets/${id}`).catch(() => undefined);
      throw new Error(
        `waiting for droplet (${id}) to become ready: unexpected state '${ready.status}', wanted target 'active'`,
      );
    },
    async update({ id, inputs: old, outputs }, inputs) {
      if (old.name !== inputs.name) await api.act(`droplets/${id}`, { type: "rename", name: inputs.name });
      if (old.size !== inputs.size) await resize(api, id, inputs);
      if ((old.backups ?? false) !== (inputs.backups ?? false))
        await api.act(`droplets/${id}`, { type: inputs.backups ? "enable_backups" : "disable_backups" });
      const resources = [{ resource_id: id, resource_type: "droplet" }];
      for (const tag of missing(old.tags, inputs.tags))
        await api.call("DELETE", `tags/${tag}/resources`, { resources });
      for (const tag of missing(inputs.tags, old.tags)) {
        await api.call("POST", "tags", { name: tag });
        await api.call("POST", `tags/${tag}/resources`, { resources });
      }
      const now = await find(id);
      return now ? outputsOf(now) : outputs;
    },
    async delete({ id, deleteSeconds = DELETION.whole }) {
      await api.call("DELETE", `droplets/${id}`);
      const longest = Math.min(DELETION.afterwards, deleteSeconds - DELETION.before);
      const what = `droplet ${id} to be gone`;
      await waitFor({ what, timeoutMs: longest * 1000, intervalMs: POLL_MS }, async () =>
        (await find(id)) ? undefined : true,
      );
    },
    async read({ id, inputs }) {
      const now = await find(id);
      if (!now) return undefined;
      const tags = isDeepStrictEqual([...now.tags].sort(), texts(inputs.tags).sort())
        ? {}
        : { tags: now.tags };
      return { ...tags, ...(now.size_slug === inputs.size ? {} : { size: now.size_slug }) };
    },
  };
}

/** Ids are sent as numbers. */
function number(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}

/** Off, larger or smaller, on again: the node reboots. */
async function resize(api: ApiClient, id: string, inputs: Props): Promise<void> {
  await api.act(`droplets/${id}`, { type: "power_off" });
  await api.act(`droplets/${id}`, { type: "resize", size: inputs.size, disk: inputs.resizeDisk ?? true });
  await api.act(`droplets/${id}`, { type: "power_on" });
}

function outputsOf(droplet: Droplet): Props {
  const address = (type: string) => droplet.networks.v4.find(network => network.type === type)?.ip_address;
  return {
    dropletUrn: `do:droplet:${droplet.id}`,
    status: droplet.status,
    ipv4Address: address("public"),
    ipv4AddressPrivate: address("private"),
    ipv6Address: droplet.networks.v6?.find(({ type }) => type === "public")?.ip_address ?? "",
    vpcUuid: droplet.vpc_uuid,
  };
}

/** Names that are in one list and not in the other. */
function missing(from: unknown, other: unknown): string[] {
  const there = new Set(texts(other));
  return texts(from).filter(name => !there.has(name));
}
