import { type ErrorBody, type FirewallBody, firewallRequest, Lab, SSH_RULE } from "./helpers";

interface Answered {
  firewall: FirewallBody;
}

describe("the record", () => {
  test("create, get, replace, delete", async () => {
    const lab = await Lab.start();
    const { status, body } = await lab.post<Answered>("/v2/firewalls", firewallRequest());
    expect(status).toBe(202);
    expect(body.firewall).toMatchObject({
      status: "succeeded",
      pending_changes: [],
      inbound_rules: [SSH_RULE],
    });
    const { id } = body.firewall;
    expect((await lab.get(`/v2/firewalls/${id}`)).body).toEqual(body);
    const replacement = firewallRequest({ name: "other", inbound_rules: null });
    const replaced = await lab.put<Answered>(`/v2/firewalls/${id}`, replacement);
    expect(replaced.status).toBe(200);
    expect(replaced.body.firewall).toMatchObject({ id, name: "other", inbound_rules: [] });
    expect((await lab.get<{ firewalls: object[] }>("/v2/firewalls")).body.firewalls).toHaveLength(1);
    expect((await lab.delete(`/v2/firewalls/${id}`)).status).toBe(204);
    expect((await lab.get(`/v2/firewalls/${id}`)).status).toBe(404);
  });

  test("ports are answered as the provider expects them", async () => {
    const lab = await Lab.start();
    const sources = { addresses: ["0.0.0.0/0"] };
    const sent = ["all", "0", "22", "1-65535", "8000-9000"].map(ports => ({
      protocol: "udp",
      ports,
      sources,
    }));
    const { inbound_rules } = await lab.firewall({
      inbound_rules: sent,
    });
    expect(inbound_rules.map(rule => rule.ports)).toEqual(["0", "0", "22", "1-65535", "8000-9000"]);
  });

  test("icmp needs no ports, and those that are sent come back", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const sources = { addresses: ["0.0.0.0/0"] };
    const sent = [undefined, "", "all", "1-65535"].map(ports => ({ protocol: "icmp", ports, sources }));
    const { inbound_rules } = await lab.firewall({ inbound_rules: sent, droplet_ids: [id] });
    expect(inbound_rules.map(rule => rule.ports)).toEqual(["0", "0", "0", "1-65535"]);
    expect(Object.keys(lab.inbound(id) ?? {})).toEqual(["icmp/all", "icmp/1-65535"]);
  });

  test("empty lists of a rule are left out, others come back as they were sent", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/tags", { name: "a" });
    const sources = { tags: ["a"], addresses: ["192.0.2.1"], droplet_ids: [], load_balancer_uids: null };
    const { inbound_rules } = await lab.firewall({
      inbound_rules: [{ protocol: "tcp", ports: "1", sources }],
    });
    expect(inbound_rules[0]?.sources).toEqual({ tags: ["a"], addresses: ["192.0.2.1"] });
  });

  test("409 for a name that is taken; its own is not", async () => {
    const lab = await Lab.start();
    const { id } = await lab.firewall();
    const twice = await lab.post<ErrorBody>("/v2/firewalls", firewallRequest());
    expect(twice).toMatchObject({ status: 409, body: { id: "conflict", message: "duplicate name" } });
    expect((await lab.put(`/v2/firewalls/${id}`, firewallRequest())).status).toBe(200);
  });

  const rule = (more: object) => ({ inbound_rules: [{ ...SSH_RULE, ...more }] });
  test.each([
    ["a bad name", { name: "a_b" }],
    ["no rules", { inbound_rules: [], outbound_rules: null }],
    ["ESP, which swarm's encrypted overlays need", rule({ protocol: "esp" })],
    ["no ports", rule({ ports: undefined })],
    ["ports in the wrong order", rule({ ports: "9-8" })],
    ["a port that is too high", rule({ ports: "65536" })],
    ["a list of ports", rule({ ports: "22,80" })],
    ["a bad address", rule({ sources: { addresses: ["10.0.0.300"] } })],
    ["no sources", rule({ sources: {} })],
    ["missing sources", rule({ sources: undefined })],
    ["an unknown tag", { tags: ["nobody"] }],
    ["an unknown tag in a rule", rule({ sources: { tags: ["nobody"] } })],
    ["an unknown droplet", { droplet_ids: [7] }],
    ["an unknown droplet in a rule", rule({ sources: { droplet_ids: [7] } })],
    ["an unknown load balancer", rule({ sources: { load_balancer_uids: ["x"] } })],
    ["a Kubernetes cluster, of which there are none", rule({ sources: { kubernetes_ids: ["x"] } })],
    ["bad ports of icmp", rule({ protocol: "icmp", ports: "many" })],
    ["51 rules", { inbound_rules: Array.from({ length: 50 }, () => SSH_RULE) }],
    ["1001 sources", rule({ sources: { addresses: Array.from({ length: 1001 }, () => "192.0.2.1") } })],
  ])("422 for %s", async (_what, more) => {
    const lab = await Lab.start();
    expect((await lab.post("/v2/firewalls", firewallRequest(more))).status).toBe(422);
  });

  test("at most 10 droplets by id and 5 tags", async () => {
    const lab = await Lab.start();
    const ids: number[] = [];
    for (let i = 0; i < 11; i++) ids.push((await lab.droplet({ tags: [`t${i % 6}`] })).id);
    const tags = Array.from({ length: 6 }, (_, i) => `t${i}`);
    expect((await lab.post("/v2/firewalls", firewallRequest({ droplet_ids: ids }))).status).toBe(422);
    expect((await lab.post("/v2/firewalls", firewallRequest({ tags }))).status).toBe(422);
    const { id } = await lab.firewall({ droplet_ids: ids.slice(1), tags: tags.slice(1) });
    const url = `/v2/firewalls/${id}`;
    expect((await lab.post(`${url}/droplets`, { droplet_ids: ids.slice(0, 1) })).status).toBe(422);
    expect((await lab.post(`${url}/tags`, { tags: ["t0"] })).status).toBe(422);
    await lab.delete(`${url}/droplets`, { droplet_ids: ids.slice(2) });
    await lab.delete(`${url}/tags`, { tags: tags.slice(2) });
    await lab.post(`${url}/droplets`, { droplet_ids: ids.slice(0, 1) });
    const { firewall } = (await lab.get<Answered>(url)).body;
    expect(firewall.droplet_ids).toEqual([ids[1], ids[0]]);
    expect(firewall.tags).toEqual(["t1"]);
  });

  test("add and remove rules; the last one stays, and one that is not there cannot go", async () => {
    const lab = await Lab.start();
    const { id } = await lab.firewall({ outbound_rules: null });
    const url = `/v2/firewalls/${id}`;
    const http = { ...SSH_RULE, ports: "80" };
    expect((await lab.post(`${url}/rules`, { inbound_rules: [http] })).status).toBe(204);
    expect((await lab.delete(`${url}/rules`, { inbound_rules: [SSH_RULE] })).status).toBe(204);
    expect((await lab.get<Answered>(url)).body.firewall.inbound_rules).toEqual([http]);
    expect((await lab.delete(`${url}/rules`, { inbound_rules: [SSH_RULE] })).status).toBe(422);
    expect((await lab.delete(`${url}/rules`, { inbound_rules: [http] })).status).toBe(422);
  });
});
