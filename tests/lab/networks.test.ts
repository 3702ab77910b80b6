import { NoHosts } from "../../lab/hosts/none";
import { addressOf, dropletRequest, Lab } from "./helpers";
import type { ActionBody, DropletBody, ErrorBody, VpcBody } from "./helpers";

interface ReservedIpBody {
  readonly ip: string;
  readonly locked: boolean;
  readonly region: { readonly slug: string };
  readonly droplet: DropletBody | null;
}
interface Vpc {
  vpc: VpcBody;
}
interface Reserved {
  reserved_ip: ReservedIpBody;
  links: { actions?: { id: number }[] };
}

const vpcRequest = (more: object = {}) => ({
  name: "net",
  region: "fra1",
  ip_range: "10.110.0.0/20",
  ...more,
});

describe("VPCs", () => {
  test("create, get, update, delete with its network", async () => {
    const lab = await Lab.start();
    const { status, body } = await lab.post<Vpc>("/v2/vpcs", vpcRequest({ description: "one" }));
    expect(status).toBe(201);
    const { id } = body.vpc;
    expect(body.vpc).toMatchObject({ urn: `do:vpc:${id}`, ip_range: "10.110.0.0/20", default: false });
    expect((await lab.get<Vpc>(`/v2/vpcs/${id}`)).body).toEqual(body);
    expect(lab.hosts.networks.get(id)).toEqual({ id, range: "10.110.0.0/20" });
    const update = { name: "other", description: "", default: false };
    const updated = await lab.put<Vpc>(`/v2/vpcs/${id}`, update);
    expect(updated.body.vpc).toMatchObject({ name: "other", description: "", ip_range: "10.110.0.0/20" });
    expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
    expect((await lab.get(`/v2/vpcs/${id}`)).status).toBe(404);
    expect(lab.hosts.networks.size).toBe(0);
  });

  test("403 while it has members, which is what the provider waits on; then 204", async () => {
    const lab = await Lab.start({ hosts: new NoHosts({ otherMs: 100 }) });
    const { id } = (await lab.post<Vpc>("/v2/vpcs", vpcRequest())).body.vpc;
    const droplet = await lab.droplet({ vpc_uuid: id });
    expect(addressOf(droplet, "private")).toBe("10.110.0.2");
    const members = await lab.get<{ members: { urn: string }[] }>(`/v2/vpcs/${id}/members`);
    expect(members.body.members.map(member => member.urn)).toEqual([`do:droplet:${droplet.id}`]);
    await lab.delete(`/v2/droplets/${droplet.id}`);
    expect((await lab.delete<ErrorBody>(`/v2/vpcs/${id}`)).body.id).toBe("forbidden");
    await lab.settled();
    expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
  });

  test("each region has a default one when it is needed, which cannot be deleted until another is", async () => {
    const lab = await Lab.start();
    await Promise.all([lab.droplet(), lab.droplet(), lab.droplet({ region: "nyc3" })]);
    const list = async () => (await lab.get<{ vpcs: VpcBody[] }>("/v2/vpcs")).body.vpcs;
    const [first] = (await list()).filter(vpc => vpc.name === "default-fra1");
    expect((await list()).map(vpc => vpc.name).sort()).toEqual(["default-fra1", "default-nyc3"]);
    expect(first?.default).toBe(true);
    const answer = await lab.delete<ErrorBody>(`/v2/vpcs/${first?.id}`);
    expect(answer).toMatchObject({ status: 403, body: { message: "Can not delete default VPCs" } });
    const { id } = (await lab.post<Vpc>("/v2/vpcs", vpcRequest())).body.vpc;
    await lab.put(`/v2/vpcs/${id}`, { default: true });
    expect((await list()).filter(vpc => vpc.default).map(vpc => vpc.name)).toEqual(["default-nyc3", "net"]);
  });

  test("two without a range, created together, get different ones", async () => {
    const lab = await Lab.start();
    const answers = await Promise.all(
      ["a", "b"].map(name => lab.post<Vpc>("/v2/vpcs", { name, region: "fra1" })),
    );
    const ranges = answers.map(({ body }) => body.vpc.ip_range);
    expect(new Set(ranges).size).toBe(2);
    for (const range of ranges) expect(range).toMatch(/^10\.\d+\.\d+\.0\/20$/);
  });

  test.each([
    ["a public range", { ip_range: "203.0.113.0/24" }],
    ["more than /16", { ip_range: "10.0.0.0/15" }],
    ["less than /28", { ip_range: "10.0.0.0/29" }],
    ["bits behind the prefix", { ip_range: "10.0.0.1/24" }],
    ["no range at all", { ip_range: "ten" }],
    ["a range that DigitalOcean keeps", { ip_range: "10.244.8.0/24" }],
    ["an overlap", { ip_range: "10.110.4.0/24" }],
    ["an unknown region", { region: "mars1" }],
    ["a bad name", { name: "a b" }],
    ["a long description", { description: "x".repeat(256) }],
  ])("422 for %s", async (_what, more) => {
    const lab = await Lab.start();
    await lab.post("/v2/vpcs", vpcRequest({ name: "first" }));
    const { status } = await lab.post("/v2/vpcs", vpcRequest({ ip_range: "10.120.0.0/16", ...more }));
    expect(status).toBe(422);
    expect(lab.hosts.networks.size).toBe(1);
  });

  test("a name is used once, on update too", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/vpcs", vpcRequest());
    expect((await lab.post("/v2/vpcs", vpcRequest({ ip_range: "10.120.0.0/16" }))).status).toBe(422);
    const { body } = await lab.post<Vpc>("/v2/vpcs", vpcRequest({ name: "b", ip_range: "10.120.0.0/16" }));
    expect((await lab.put(`/v2/vpcs/${body.vpc.id}`, { name: "net" })).status).toBe(422);
    expect((await lab.put(`/v2/vpcs/${body.vpc.id}`, { name: "b" })).status).toBe(200);
  });

  test("a full VPC, and one of another region, take no droplet", async () => {
    const lab = await Lab.start();
    const { id } = (await lab.post<Vpc>("/v2/vpcs", vpcRequest({ ip_range: "10.1.0.0/28" }))).body.vpc;
    expect((await lab.post("/v2/droplets", dropletRequest({ vpc_uuid: id, region: "nyc3" }))).status).toBe(
      422,
    );
    for (let i = 0; i < 13; i++) await lab.droplet({ vpc_uuid: id });
    expect((await lab.post("/v2/droplets", dropletRequest({ vpc_uuid: id }))).status).toBe(422);
  });
});

describe("reserved IPs", () => {
  const reserve = (lab: Lab, body: object = { region: "fra1" }) =>
    lab.post<Reserved>("/v2/reserved_ips", body);
  const act = (lab: Lab, ip: string, body: object) =>
    lab.post<{ action: ActionBody } & ErrorBody>(`/v2/reserved_ips/${ip}/actions`, body);
  const find = async (lab: Lab, ip: string) =>
    (await lab.get<Reserved>(`/v2/reserved_ips/${ip}`)).body.reserved_ip;

  test("reserve, assign, move, unassign, delete", async () => {
    const lab = await Lab.start();
    const one = await lab.droplet();
    const two = await lab.droplet();
    const reserved = await reserve(lab);
    expect(reserved.status).toBe(202);
    const { ip } = reserved.body.reserved_ip;
    expect(reserved.body.reserved_ip).toMatchObject({
      ip: "198.18.0.254",
      droplet: null,
      region: { slug: "fra1" },
    });

    const assign = await act(lab, ip, { type: "assign", droplet_id: one.id });
    expect(assign.status).toBe(201);
    expect(assign.body.action).toMatchObject({ status: "in-progress", resource_type: "reserved_ip" });
    await lab.settled();
    const done = await lab.get<{ action: ActionBody }>(
      `/v2/reserved_ips/${ip}/actions/${assign.body.action.id}`,
    );
    expect(done.body.action.status).toBe("completed");
    expect((await find(lab, ip)).droplet?.id).toBe(one.id);
    expect([...(lab.hosts.hosts.get(one.id)?.addresses ?? [])]).toEqual([ip]);

    await act(lab, ip, { type: "assign", droplet_id: two.id });
    await lab.settled();
    expect((await find(lab, ip)).droplet?.id).toBe(two.id);
    expect([...(lab.hosts.hosts.get(one.id)?.addresses ?? [])]).toEqual([]);

    await act(lab, ip, { type: "unassign" });
    await lab.settled();
    expect((await find(lab, ip)).droplet).toBeNull();
    expect((await act(lab, ip, { type: "unassign" })).status).toBe(422);
    expect((await lab.delete(`/v2/reserved_ips/${ip}`)).status).toBe(204);
    expect((await lab.get(`/v2/reserved_ips/${ip}`)).status).toBe(404);
  });

  test("reserved for a droplet at once, and deleted while assigned", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet({ region: "ams3" });
    const { body } = await reserve(lab, { droplet_id: id });
    const { ip } = body.reserved_ip;
    expect(body.reserved_ip.region.slug).toBe("ams3");
    await lab.settled();
    const action = await lab.get<{ action: ActionBody }>(`/v2/actions/${body.links.actions?.[0]?.id}`);
    expect(action.body.action).toMatchObject({ type: "assign_ip", status: "completed" });
    expect((await lab.delete(`/v2/reserved_ips/${ip}`)).status).toBe(204);
    expect([...(lab.hosts.hosts.get(id)?.addresses ?? [])]).toEqual([]);
  });

  test("stays reserved when its droplet is deleted, and comes back when its droplet is powered on", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const { ip } = (await reserve(lab, { droplet_id: id })).body.reserved_ip;
    await lab.settled();
    for (const type of ["power_off", "power_on"]) {
      await lab.post(`/v2/droplets/${id}/actions`, { type });
      await lab.settled();
    }
    expect([...(lab.hosts.hosts.get(id)?.addresses ?? [])]).toEqual([ip]);
    await lab.delete(`/v2/droplets/${id}`);
    await lab.settled();
    expect(await find(lab, ip)).toMatchObject({ droplet: null, locked: false });
  });

  test("a failure ends the action as errored and leaves it free", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    lab.hosts.failure = ({ method }) => (method === "attachAddress" ? new Error("no") : undefined);
    const { body } = await reserve(lab, { droplet_id: id });
    await lab.settled();
    const action = await lab.get<{ action: ActionBody }>(`/v2/actions/${body.links.actions?.[0]?.id}`);
    expect(action.body.action.status).toBe("errored");
    expect(await find(lab, body.reserved_ip.ip)).toMatchObject({ droplet: null, locked: false });
  });

  test("busy ones are refused: the droplet that boots, and the IP that moves", async () => {
    const lab = await Lab.start({ latency: { actionMs: 100 } });
    const { body } = await lab.post<{ droplet: DropletBody }>("/v2/droplets", dropletRequest());
    const { ip } = (await reserve(lab)).body.reserved_ip;
    const assign = { type: "assign", droplet_id: body.droplet.id };
    expect((await act(lab, ip, assign)).body.message).toBe("Droplet already has a pending event.");
    await lab.settled();
    await act(lab, ip, assign);
    expect((await find(lab, ip)).locked).toBe(true);
    expect((await act(lab, ip, { type: "unassign" })).body.message).toContain("pending event");
    expect((await lab.delete(`/v2/reserved_ips/${ip}`)).status).toBe(422);
  });

  test("three per account, one per droplet, same region, droplet must exist", async () => {
    const lab = await Lab.start();
    const here = await lab.droplet();
    const there = await lab.droplet({ region: "nyc3" });
    await reserve(lab, { droplet_id: here.id });
    const { ip } = (await reserve(lab)).body.reserved_ip;
    const assign = (droplet_id: number) => act(lab, ip, { type: "assign", droplet_id });
    expect((await assign(here.id)).status).toBe(422);
    expect((await assign(there.id)).status).toBe(422);
    expect((await assign(7)).status).toBe(422);
    expect((await act(lab, ip, { type: "assign" })).status).toBe(422);
    expect((await act(lab, ip, { type: "explode" })).status).toBe(422);
    expect((await reserve(lab, {})).status).toBe(422);
    expect((await reserve(lab)).status).toBe(202);
    expect((await reserve(lab)).status).toBe(422);
  });

  test("from a range of their own, if there is one", async () => {
    const lab = await Lab.start({ reservedRange: "198.19.0.0/24" });
    expect((await reserve(lab)).body.reserved_ip.ip).toBe("198.19.0.2");
  });
});
