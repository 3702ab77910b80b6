/** What the rehearsal does as the real provider does, where the lab is unkind. */
import type { AddressInfo } from "node:net";

import { type Api, createApi } from "../../lab/api/server";
import { ApiClient } from "../../lab/client";
import { NoHosts } from "../../lab/hosts/none";
import { digitalOcean } from "../../rehearsal/digitalocean";
import { type Entry, type Handler, type Props, seconds } from "../../rehearsal/entry";

let lab: Api;
let api: ApiClient;
beforeEach(async () => {
  lab = await createApi({ hosts: new NoHosts(), publicRange: "198.18.0.0/24" });
  await lab.app.listen({ host: "127.0.0.1", port: 0 });
  api = new ApiClient(`http://127.0.0.1:${(lab.app.server.address() as AddressInfo).port}`, "x", 10);
});
afterEach(() => lab.close());

const behave = (payload: object) => lab.app.inject({ method: "POST", url: "/lab/behaviour", payload });
const handler = (type: string): Handler => {
  const found = digitalOcean(api)[`digitalocean:index/${type}`];
  if (!found) throw new Error(`there is no ${type}`);
  return found;
};
const entry = (id: string, inputs: Props, deleteSeconds?: number): Entry => ({
  seq: 1,
  urn: "urn:x",
  type: "x",
  name: "x",
  id,
  inputs,
  outputs: {},
  secrets: [],
  autoNamed: false,
  dependencies: [],
  deleteSeconds,
});
const DROPLET = { name: "n", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };
const count = async (kind: string) => {
  const { meta } = await api.call<{ meta: { total: number } }>("GET", kind);
  return meta.total;
};

test("a droplet that is not found at first is asked for again", async () => {
  await behave({ unseen: 2 });
  const { outputs } = await handler("droplet:Droplet").create(DROPLET, "n");
  expect(outputs.status).toBe("active");
});

test("a droplet has its features, and backups can be turned on and off", async () => {
  const droplet = handler("droplet:Droplet");
  const inputs = { ...DROPLET, ipv6: true, monitoring: true };
  const { id, outputs } = await droplet.create(inputs, "n");
  expect(outputs.ipv6Address).toMatch(/^2001:db8:/);
  const features = async () => {
    const { droplet: found } = await api.call<{ droplet: { features: string[] } }>("GET", `droplets/${id}`);
    return found.features.filter(name => ["backups", "ipv6", "monitoring"].includes(name)).sort();
  };
  expect(await features()).toEqual(["ipv6", "monitoring"]);
  await droplet.update?.(entry(id, inputs), { ...inputs, backups: true });
  expect(await features()).toEqual(["backups", "ipv6", "monitoring"]);
  await droplet.update?.(entry(id, { ...inputs, backups: true }), inputs);
  expect(await features()).toEqual(["ipv6", "monitoring"]);
  const { outputs: plain } = await droplet.create({ ...DROPLET, backups: true }, "n");
  expect(plain.ipv6Address).toBe("");
});

test("droplets are put into a project, and those that go are let go", async () => {
  const droplet = async () => {
    const { id } = await handler("droplet:Droplet").create(DROPLET, "n");
    return `do:droplet:${id}`;
  };
  const [first, second] = [await droplet(), await droplet()];
  const { project } = await api.call<{ project: { id: string } }>("POST", "projects", {
    name: "prod",
    purpose: "Web Application",
  });
  const put = handler("projectResources:ProjectResources");
  const inProject = async () => {
    const path = `projects/${project.id}/resources`;
    return (await api.call<{ resources: { urn: string }[] }>("GET", path)).resources.map(({ urn }) => urn);
  };
  const inputs = { project: project.id, resources: [first] };
  const { id } = await put.create(inputs, "n");
  expect(await inProject()).toEqual([first]);
  expect(await put.read?.(entry(id, inputs))).toEqual({});
  const later = { project: project.id, resources: [second] };
  await put.update?.(entry(id, inputs), later);
  expect(await inProject()).toEqual([second]);
  expect(await put.read?.(entry(id, { ...later, resources: [first, second] }))).toEqual({
    resources: [second],
  });
});

test("a reserved IP that is not found at first fails, stays behind, and the next one is made", async () => {
  await behave({ unseen: 1 });
  const create = () => handler("reservedIp:ReservedIp").create({ region: "fra1" }, "n");
  await expect(create()).rejects.toThrow(
    /expected non-empty ID for new state during Create.*198\.18\.0\.254/,
  );
  await behave({ unseen: 0 });
  expect((await create()).id).toBe("198.18.0.253");
  expect(await count("reserved_ips")).toBe(2);
});

test("a droplet that is listed for too long after its deletion is an error", async () => {
  const droplet = handler("droplet:Droplet");
  const { id } = await droplet.create(DROPLET, "n");
  await behave({ removalMs: 600_000 });
  // Ten seconds are the provider's own, before it asks.
  await expect(droplet.delete?.(entry(id, {}, 11))).rejects.toThrow("waited 1 s for droplet");
  await lab.app.inject({ method: "DELETE", url: "/lab/behaviour" });
  await lab.settled();
  expect(await droplet.read?.(entry(id, {}))).toBeUndefined();
});

test("a VPC is tried again while it has members, and an error tells what is in the way", async () => {
  const vpc = handler("vpc:Vpc");
  const [first, second] = [
    await vpc.create({ name: "a", region: "fra1" }, "a"),
    await vpc.create({ name: "b", region: "fra1" }, "b"),
  ];
  const { id } = await handler("droplet:Droplet").create({ ...DROPLET, vpcUuid: second.id }, "n");
  await behave({ membersMs: 1000 });
  await handler("droplet:Droplet").delete?.(entry(id, {}));
  await vpc.delete?.(entry(second.id, {}));
  expect(await count("vpcs")).toBe(1);
  await expect(vpc.delete?.(entry(first.id, {}, 1))).rejects.toThrow("Can not delete default VPCs");
});

test.each([
  ["10m", 600],
  ["1h30m", 5400],
  ["2m30.5s", 150.5],
  [undefined, undefined],
  ["", undefined],
])("a timeout of %s is %s seconds", (text, expected) => {
  expect(seconds(text)).toBe(expected);
});
