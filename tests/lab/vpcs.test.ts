import { NoHosts } from "../../lab/hosts/none";
import { addressOf, dropletRequest, type ErrorBody, Lab, type VpcBody } from "./helpers";

interface Vpc {
  vpc: VpcBody;
}

const vpcRequest = (more: object = {}) => ({
  name: "net",
  region: "fra1",
  ip_range: "10.140.0.0/20",
  ...more,
});
const list = async (lab: Lab) => (await lab.get<{ vpcs: VpcBody[] }>("/v2/vpcs")).body.vpcs;

/** A lab whose region fra1 has a default VPC. */
async function used(options: Parameters<typeof Lab.start>[0] = {}): Promise<Lab> {
  const lab = await Lab.start(options);
  await lab.post("/v2/vpcs", { name: "first", region: "fra1", ip_range: "10.139.0.0/20" });
  return lab;
}

test("create, get, update, delete with its network", async () => {
  const lab = await used();
  const { status, body } = await lab.post<Vpc>("/v2/vpcs", vpcRequest({ description: "one" }));
  expect(status).toBe(201);
  const { id } = body.vpc;
  expect(body.vpc).toMatchObject({ urn: `do:vpc:${id}`, ip_range: "10.140.0.0/20", default: false });
  expect((await lab.get<Vpc>(`/v2/vpcs/${id}`)).body).toEqual(body);
  expect(lab.hosts.networks.get(id)).toEqual({ id, range: "10.140.0.0/20" });
  const update = { name: "other", description: "", default: false };
  const updated = await lab.put<Vpc>(`/v2/vpcs/${id}`, update);
  expect(updated.body.vpc).toMatchObject({ name: "other", description: "", ip_range: "10.140.0.0/20" });
  expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
  expect((await lab.get(`/v2/vpcs/${id}`)).status).toBe(404);
  expect(lab.hosts.networks.size).toBe(1);
});

test("403 while it has members, which is what the provider waits on; then 204", async () => {
  const lab = await used({ hosts: new NoHosts({ otherMs: 100 }) });
  const { id } = (await lab.post<Vpc>("/v2/vpcs", vpcRequest())).body.vpc;
  const droplet = await lab.droplet({ vpc_uuid: id });
  expect(addressOf(droplet, "private")).toBe("10.140.0.2");
  const members = await lab.get<{ members: { urn: string }[] }>(`/v2/vpcs/${id}/members`);
  expect(members.body.members.map(member => member.urn)).toEqual([`do:droplet:${droplet.id}`]);
  await lab.delete(`/v2/droplets/${droplet.id}`);
  expect((await lab.delete<ErrorBody>(`/v2/vpcs/${id}`)).body.id).toBe("forbidden");
  await lab.settled();
  expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
});

test("the first of a region is its default, and can never be deleted", async () => {
  const lab = await Lab.start();
  const { body } = await lab.post<Vpc>("/v2/vpcs", vpcRequest());
  expect(body.vpc.default).toBe(true);
  const answer = await lab.delete<ErrorBody>(`/v2/vpcs/${body.vpc.id}`);
  expect(answer).toMatchObject({
    status: 403,
    body: { id: "forbidden", message: "Can not delete default VPCs" },
  });
  const second = await lab.post<Vpc>("/v2/vpcs", vpcRequest({ name: "b", ip_range: "10.141.0.0/20" }));
  expect(second.body.vpc.default).toBe(false);
  expect((await lab.post<Vpc>("/v2/vpcs", { name: "far", region: "nyc3" })).body.vpc.default).toBe(true);
  // Droplets that name no network go into it.
  expect((await lab.droplet()).vpc_uuid).toBe(body.vpc.id);
});

test("a new account has none; a droplet that names none makes its region's, with the region's usual range", async () => {
  const lab = await Lab.start();
  expect(await list(lab)).toEqual([]);
  await Promise.all([lab.droplet(), lab.droplet(), lab.droplet({ region: "ams3" })]);
  const made = (await list(lab)).map(vpc => [vpc.name, vpc.ip_range, vpc.default]);
  expect(made.sort()).toEqual([
    ["default-ams3", "10.110.0.0/20", true],
    ["default-fra1", "10.114.0.0/20", true],
  ]);
});

test("where the usual range of a default VPC is in use, it gets another", async () => {
  const lab = await Lab.start();
  await lab.post("/v2/vpcs", { name: "mine", region: "nyc3", ip_range: "10.114.0.0/16" });
  await lab.droplet();
  const found = (await list(lab)).find(vpc => vpc.name === "default-fra1");
  expect(found).toMatchObject({ default: true });
  expect(found?.ip_range).not.toBe("10.114.0.0/20");
});

test("another one can be made the default", async () => {
  const lab = await used();
  const { id } = (await lab.post<Vpc>("/v2/vpcs", vpcRequest())).body.vpc;
  await lab.put(`/v2/vpcs/${id}`, { default: true });
  expect((await list(lab)).filter(vpc => vpc.default).map(vpc => vpc.name)).toEqual(["net"]);
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
  ["an overlap", { ip_range: "10.140.4.0/24" }],
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
  expect((await lab.post("/v2/droplets", dropletRequest({ vpc_uuid: id, region: "nyc3" }))).status).toBe(422);
  for (let i = 0; i < 13; i++) await lab.droplet({ vpc_uuid: id });
  expect((await lab.post("/v2/droplets", dropletRequest({ vpc_uuid: id }))).status).toBe(422);
});
