import { EventEmitter, once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";

import { NoHosts } from "../../lab/hosts/none";
import {
  addressOf,
  type DropletBody,
  dropletRequest,
  type FirewallBody,
  firewallRequest,
  Lab,
} from "./helpers";

interface Answered {
  firewall: FirewallBody;
}

describe("what the hosts enforce", () => {
  const swarm = { protocol: "tcp", ports: "2377", sources: { tags: ["swarm"] } };
  const both = (droplet: DropletBody) =>
    (["public", "private"] as const).map(type => `${addressOf(droplet, type)}/32`);

  async function swarmLab(): Promise<Lab> {
    const lab = await Lab.start();
    await lab.post("/v2/tags", { name: "swarm" });
    await lab.firewall({ inbound_rules: [swarm], tags: ["swarm"] });
    return lab;
  }

  test("a droplet boots with its firewall in force", async () => {
    const lab = await swarmLab();
    const droplet = await lab.droplet({ tags: ["swarm"] });
    const { firewall } = lab.hosts.hosts.get(droplet.id)?.spec ?? {};
    expect(firewall?.rules?.inbound[0]?.ranges).toEqual(both(droplet).sort());
    expect(firewall?.rules?.outbound[0]).toEqual({
      protocol: "tcp",
      ports: "all",
      ranges: ["0.0.0.0/0", "::/0"],
    });
    expect(lab.hosts.called("applyFirewall")).toEqual([]);
  });

  test("members let a new one in while it boots, and forget one that is gone", async () => {
    const lab = await swarmLab();
    const first = await lab.droplet({ tags: ["swarm"] });
    const applied = lab.hosts.called("applyFirewall").length;
    const signal = new EventEmitter();
    const create = lab.hosts.create.bind(lab.hosts);
    lab.hosts.create = async spec => {
      await once(signal, "boot");
      await create(spec);
    };
    const { body } = await lab.post<{ droplet: DropletBody }>(
      "/v2/droplets",
      dropletRequest({ tags: ["swarm"] }),
    );
    while (lab.hosts.called("applyFirewall").length === applied) await nextTurn();
    expect(lab.hosts.hosts.has(body.droplet.id)).toBe(false);
    expect(lab.inbound(first.id)?.["tcp/2377"]).toContain("198.18.0.3/32");
    signal.emit("boot");
    await lab.settled();
    const second = await lab.find(body.droplet.id);
    const everyone = [...both(first), ...both(second)].sort();
    expect(lab.inbound(first.id)?.["tcp/2377"]).toEqual(everyone);
    expect(lab.inbound(second.id)?.["tcp/2377"]).toEqual(everyone);
    await lab.delete(`/v2/droplets/${second.id}`);
    await lab.settled();
    expect(lab.inbound(first.id)?.["tcp/2377"]).toEqual(both(first).sort());
  });

  test("ten at once cost each older member one update", async () => {
    const lab = await swarmLab();
    const first = await lab.droplet({ tags: ["swarm"] });
    const names = Array.from({ length: 10 }, (_, i) => `n${i}`);
    await lab.post("/v2/droplets", dropletRequest({ name: undefined, names, tags: ["swarm"] }));
    await lab.settled();
    expect(lab.hosts.called("applyFirewall")).toEqual([first.id]);
    for (const { firewall } of lab.hosts.hosts.values()) {
      expect(firewall.rules?.inbound[0]?.ranges).toHaveLength(22);
    }
  });

  test("waiting while it is applied, with the droplets that wait; then succeeded", async () => {
    const lab = await Lab.start({ hosts: new NoHosts({ otherMs: 10 }) });
    const { id } = await lab.droplet();
    const { body } = await lab.post<Answered>("/v2/firewalls", firewallRequest({ droplet_ids: [id] }));
    expect(body.firewall).toMatchObject({
      status: "waiting",
      pending_changes: [{ droplet_id: id, removing: false, status: "waiting" }],
    });
    await lab.settled();
    const after = await lab.get<Answered>(`/v2/firewalls/${body.firewall.id}`);
    expect(after.body.firewall).toMatchObject({ status: "succeeded", pending_changes: [] });
    expect(lab.inbound(id)).toEqual({ "tcp/22": ["192.0.2.0/24"] });
  });

  test("failed if a host refuses it, and applied at the next change", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    lab.hosts.failure = ({ method }) => (method === "applyFirewall" ? new Error("nft: no") : undefined);
    const firewall = await lab.firewall({ droplet_ids: [id] });
    const read = async () => (await lab.get<Answered>(`/v2/firewalls/${firewall.id}`)).body.firewall.status;
    expect(await read()).toBe("failed");
    expect(lab.log.join()).toContain("nft: no");
    lab.hosts.failure = undefined;
    await lab.put(`/v2/firewalls/${firewall.id}`, firewallRequest({ droplet_ids: [id] }));
    await lab.settled();
    expect(await read()).toBe("succeeded");
    expect(lab.inbound(id)).toBeDefined();
  });

  test("tagging brings it, untagging and deleting it open the droplet again", async () => {
    const lab = await swarmLab();
    const { id } = await lab.droplet();
    const resources = { resources: [{ resource_id: id, resource_type: "droplet" }] };
    expect(lab.inbound(id)).toBeUndefined();
    await lab.post("/v2/tags/swarm/resources", resources);
    await lab.settled();
    expect(Object.keys(lab.inbound(id) ?? {})).toEqual(["tcp/2377"]);
    await lab.delete("/v2/tags/swarm/resources", resources);
    await lab.settled();
    expect(lab.inbound(id)).toBeUndefined();
    const other = await lab.firewall({ name: "other", droplet_ids: [id] });
    expect(lab.inbound(id)).toBeDefined();
    const applying = await lab.get<{ firewalls: FirewallBody[] }>(`/v2/droplets/${id}/firewalls`);
    expect(applying.body.firewalls.map(firewall => firewall.name)).toEqual(["other"]);
    await lab.delete(`/v2/firewalls/${other.id}`);
    await lab.settled();
    expect(lab.inbound(id)).toBeUndefined();
  });

  test("a reserved IP counts as its holder's address, wherever it goes", async () => {
    const lab = await swarmLab();
    const one = await lab.droplet({ tags: ["swarm"] });
    const two = await lab.droplet();
    const { body } = await lab.post<{ reserved_ip: { ip: string } }>("/v2/reserved_ips", {
      droplet_id: one.id,
    });
    await lab.settled();
    const range = `${body.reserved_ip.ip}/32`;
    expect(lab.inbound(one.id)?.["tcp/2377"]).toContain(range);
    const assign = { type: "assign", droplet_id: two.id };
    await lab.post(`/v2/reserved_ips/${body.reserved_ip.ip}/actions`, assign);
    await lab.settled();
    expect(lab.inbound(one.id)?.["tcp/2377"]).not.toContain(range);
  });

  test("somebody else's load balancer may be named, as a source and as a destination", async () => {
    const lab = await Lab.start({ seed: true });
    const { load_balancers } = (
      await lab.get<{ load_balancers: { id: string; ip: string; vpc_uuid: string }[] }>("/v2/load_balancers")
    ).body;
    const [front] = load_balancers;
    if (front === undefined) throw new Error("there is no load balancer");
    expect((await lab.get(`/v2/load_balancers/${front.id}`)).body).toEqual({ load_balancer: front });
    expect((await lab.get("/v2/load_balancers/x")).status).toBe(404);
    const peers = { load_balancer_uids: [front.id] };
    const { id } = await lab.droplet();
    const { inbound_rules } = await lab.firewall({
      inbound_rules: [{ protocol: "tcp", ports: "80", sources: peers }],
      outbound_rules: [{ protocol: "icmp", destinations: peers }],
      droplet_ids: [id],
    });
    expect(inbound_rules).toEqual([{ protocol: "tcp", ports: "80", sources: peers }]);
    const { rules } = lab.hosts.hosts.get(id)?.firewall ?? {};
    // Its address outside, and the one in its VPC.
    expect(rules?.inbound[0]?.ranges).toEqual([expect.stringMatching(/^10\.114\./), `${front.ip}/32`]);
    expect(rules?.outbound[0]).toMatchObject({ protocol: "icmp", ranges: rules?.inbound[0]?.ranges });
    // Nobody else gets its address.
    expect(addressOf(await lab.find(id), "public")).not.toBe(front.ip);
    const { touched } = (await lab.get<{ touched: string[] }>("/lab/seed")).body;
    expect(touched).toEqual([]);
  });

  test("one that is off gets its rules as they are when it is powered on", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const power = async (type: string) => {
      await lab.post(`/v2/droplets/${id}/actions`, { type });
      await lab.settled();
    };
    await power("power_off");
    await lab.firewall({ droplet_ids: [id] });
    expect(lab.hosts.called("applyFirewall")).toEqual([]);
    await power("power_on");
    expect(lab.inbound(id)).toEqual({ "tcp/22": ["192.0.2.0/24"] });
    expect(lab.hosts.called("applyFirewall")).toEqual([]);
  });

  test("deleting a droplet takes it from the firewall's list", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const firewall = await lab.firewall({ droplet_ids: [id] });
    await lab.delete(`/v2/droplets/${id}`);
    await lab.settled();
    const { body } = await lab.get<Answered>(`/v2/firewalls/${firewall.id}`);
    expect(body.firewall.droplet_ids).toEqual([]);
  });
});
