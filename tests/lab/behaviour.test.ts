/** What a test may have the lab do: slow deletions, and new things that are not found yet. */
import { addressOf, type DropletBody, dropletRequest, type ErrorBody, Lab, type VpcBody } from "./helpers";

interface Vpc {
  vpc: VpcBody;
}

const listed = async (lab: Lab): Promise<string[]> =>
  (await lab.get<{ droplets: DropletBody[] }>("/v2/droplets")).body.droplets.map(({ name }) => name);

test("a droplet is still listed for a while after it was deleted, and its address is not free", async () => {
  const lab = await Lab.start();
  const droplet = await lab.droplet();
  await lab.post("/lab/behaviour", { removalMs: 60_000 });
  expect((await lab.delete(`/v2/droplets/${droplet.id}`)).status).toBe(204);
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(lab.hosts.hosts.size).toBe(0);
  expect(await lab.find(droplet.id)).toMatchObject({ status: "active" });
  expect(await listed(lab)).toEqual(["node-1"]);
  await lab.post("/lab/behaviour", { removalMs: 0, reuseAddresses: true });
  const second = (await lab.post<{ droplet: DropletBody }>("/v2/droplets", dropletRequest())).body.droplet;
  expect((await lab.delete<ErrorBody>(`/v2/vpcs/${droplet.vpc_uuid}`)).status).toBe(403);
  await lab.delete("/lab/behaviour");
  await lab.settled();
  expect((await lab.get(`/v2/droplets/${droplet.id}`)).status).toBe(404);
  expect(addressOf(await lab.find(second.id), "public")).not.toBe(addressOf(droplet, "public"));
});

test("a server that is told to end does not wait for slow deletions", async () => {
  const lab = await Lab.start({ behaviour: { removalMs: 3_600_000 } });
  const { id } = await lab.droplet();
  await lab.delete(`/v2/droplets/${id}`);
  await lab.api.close();
});

test("a VPC has members for a while after they went", async () => {
  const lab = await Lab.start({ behaviour: { membersMs: 3_600_000 } });
  await lab.droplet();
  const { id } = (await lab.post<Vpc>("/v2/vpcs", { name: "net", region: "fra1" })).body.vpc;
  const droplet = await lab.droplet({ vpc_uuid: id });
  await lab.delete(`/v2/droplets/${droplet.id}`);
  await lab.settled();
  const answer = await lab.delete<ErrorBody>(`/v2/vpcs/${id}`);
  expect(answer).toMatchObject({ status: 403, body: { message: "Can not delete VPC with members" } });
  await lab.post("/lab/behaviour", { membersMs: 0 });
  expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
});

test("one that never had members can be deleted at once", async () => {
  const lab = await Lab.start({ behaviour: { membersMs: 3_600_000 } });
  await lab.droplet();
  const { id } = (await lab.post<Vpc>("/v2/vpcs", { name: "net", region: "fra1" })).body.vpc;
  expect((await lab.delete(`/v2/vpcs/${id}`)).status).toBe(204);
});

test("new droplets and reserved IPs are not found at first, by their own path only", async () => {
  const lab = await Lab.start();
  const old = await lab.droplet();
  await lab.post("/lab/behaviour", { unseen: 2 });
  const { body } = await lab.post<{ droplet: DropletBody }>("/v2/droplets", dropletRequest({ name: "new" }));
  const statuses = async (path: string) => {
    const answers = [await lab.get(path), await lab.get(path), await lab.get(path), await lab.get(path)];
    return answers.map(({ status }) => status);
  };
  expect(await listed(lab)).toContain("new");
  expect(await statuses(`/v2/droplets/${body.droplet.id}`)).toEqual([404, 404, 200, 200]);
  const { reserved_ip } = (
    await lab.post<{ reserved_ip: { ip: string } }>("/v2/reserved_ips", { region: "fra1" })
  ).body;
  expect(await statuses(`/v2/reserved_ips/${reserved_ip.ip}`)).toEqual([404, 404, 200, 200]);
  expect((await lab.get(`/v2/droplets/${old.id}`)).status).toBe(200);
});

test("what may be changed is checked, and answered", async () => {
  const lab = await Lab.start();
  expect((await lab.post("/lab/behaviour", { slowly: true })).status).toBe(422);
  expect((await lab.post("/lab/behaviour", { removalMs: -1 })).status).toBe(422);
  const { body } = await lab.post("/lab/behaviour", { responseMs: 1 });
  expect(body).toMatchObject({ responseMs: 1, removalMs: 0, unseen: 0, reuseAddresses: false });
});
