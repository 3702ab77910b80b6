/** Somebody else's things in the account. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { NoHosts } from "../../lab/hosts/none";
import { type DropletBody, firewallRequest, Lab, publicKey, type VpcBody } from "./helpers";

interface Seed {
  readonly seeded: number;
  readonly touched: string[];
}

const touched = async (lab: Lab) => (await lab.get<Seed>("/lab/seed")).body.touched;
const idOf = async (lab: Lab, kind: string, name: string) => {
  const { body } = await lab.get<Record<string, { id: string | number; name: string }[]>>(`/v2/${kind}`);
  return Object.values(body)[0]?.find(thing => thing.name === name)?.id;
};
const seeded = async () => Lab.start({ seed: true });

test("there are networks, droplets without a machine, keys, tags and a firewall", async () => {
  const lab = await seeded();
  await lab.settled();
  const { vpcs } = (await lab.get<{ vpcs: (VpcBody & { region: string })[] }>("/v2/vpcs")).body;
  expect(vpcs.map(vpc => [vpc.name, vpc.default])).toEqual([
    ["default-fra1", true],
    ["default-nyc3", true],
    ["staging", false],
  ]);
  const { droplets } = (await lab.get<{ droplets: DropletBody[] }>("/v2/droplets")).body;
  expect(droplets.map(({ name, status, vpc_uuid }) => [name, status, vpc_uuid])).toEqual([
    ["wiki", "active", vpcs[0]?.id],
    ["build-agent", "off", vpcs[2]?.id],
  ]);
  for (const kind of ["account/keys", "tags", "firewalls"]) {
    expect(Object.values((await lab.get<object>(`/v2/${kind}`)).body)[0]).not.toHaveLength(0);
  }
  expect(lab.hosts.hosts.size).toBe(0);
  expect(lab.hosts.called("applyFirewall")).toEqual([]);
  expect(lab.log).toEqual(["no hosts are booted in this lab"]);
  const { body } = await lab.get<{ firewalls: { status: string }[] }>("/v2/firewalls");
  expect(body.firewalls[0]?.status).toBe("succeeded");
});

test("again is no second time, and a restart is none", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lab-state-"));
  try {
    const options = { stateFile: path.join(directory, "state.json"), hosts: new NoHosts(), seed: true };
    const before = await Lab.start(options);
    const count = async (lab: Lab) => (await lab.get<Seed>("/lab/seed")).body.seeded;
    const all = async (lab: Lab) =>
      Promise.all(["vpcs", "droplets", "firewalls"].map(async kind => (await lab.get(`/v2/${kind}`)).body));
    const [first, things] = [await count(before), await all(before)];
    expect((await before.post("/lab/seed", {})).status).toBe(201);
    expect([await count(before), await all(before)]).toEqual([first, things]);
    await before.api.close();
    const after = await Lab.start(options);
    await after.settled();
    expect([await count(after), await all(after)]).toEqual([first, things]);
    expect(await touched(after)).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a cluster that comes and goes beside them leaves them as they were", async () => {
  const lab = await seeded();
  await lab.post("/v2/account/keys", { name: "me", public_key: publicKey() });
  const droplet = await lab.droplet({ tags: ["mine"] });
  const firewall = await lab.firewall({ tags: ["mine"] });
  expect(await touched(lab)).toEqual([]);
  await lab.delete(`/v2/firewalls/${firewall.id}`);
  await lab.delete(`/v2/droplets/${droplet.id}`);
  await lab.delete("/v2/tags/mine");
  await lab.settled();
  expect(await touched(lab)).toEqual([]);
});

test.each<[string, (lab: Lab) => Promise<unknown>, string[]]>([
  [
    "a droplet is deleted",
    async lab => lab.delete(`/v2/droplets/${await idOf(lab, "droplets", "wiki")}`),
    ["droplet wiki is gone"],
  ],
  [
    "a droplet is renamed",
    async lab =>
      lab.post(`/v2/droplets/${await idOf(lab, "droplets", "wiki")}/actions`, { type: "rename", name: "x" }),
    ["droplet wiki is changed: name"],
  ],
  [
    "another firewall applies to a droplet",
    async lab => lab.post("/v2/firewalls", firewallRequest({ tags: ["production"] })),
    ["droplet wiki is changed: appliedFirewalls"],
  ],
  [
    "a key is deleted",
    async lab => lab.delete(`/v2/account/keys/${await idOf(lab, "account/keys", "ci")}`),
    ["SSH key ci is gone"],
  ],
  [
    "a tag is deleted",
    lab => lab.delete("/v2/tags/wiki"),
    ["tag wiki is gone", "droplet wiki is changed: tags, appliedFirewalls", "firewall wiki is changed: tags"],
  ],
  [
    "another VPC becomes the default",
    async lab => lab.put(`/v2/vpcs/${await idOf(lab, "vpcs", "staging")}`, { default: true }),
    ["VPC default-fra1 is changed: isDefault", "VPC staging is changed: isDefault"],
  ],
])("it is seen, and put right, when %s", async (_what, act, expected) => {
  const lab = await seeded();
  await act(lab);
  await lab.settled();
  expect(await touched(lab)).toEqual(expected);
  await lab.post("/lab/seed", {});
  const { firewalls } = (await lab.get<{ firewalls: { id: string; name: string }[] }>("/v2/firewalls")).body;
  for (const { id, name } of firewalls) if (name === "fw") await lab.delete(`/v2/firewalls/${id}`);
  expect(await touched(lab)).toEqual([]);
});

test("the account becomes a new one, unless something else is there", async () => {
  const lab = await seeded();
  const { id } = await lab.droplet({ tags: ["mine"] });
  await lab.post("/v2/reserved_ips", { region: "fra1" });
  const refused = await lab.delete<{ message: string }>("/lab/seed");
  expect(refused.status).toBe(409);
  expect(refused.body.message).toContain("tag mine, droplet node-1, reserved IP 198.18.0.254");
  await lab.delete(`/v2/droplets/${id}`);
  await lab.delete("/v2/tags/mine");
  await lab.delete("/v2/reserved_ips/198.18.0.254");
  await lab.settled();
  expect((await lab.delete("/lab/seed")).status).toBe(204);
  expect((await lab.get<{ vpcs: object[] }>("/v2/vpcs")).body.vpcs).toEqual([]);
  expect(lab.hosts.networks.size).toBe(0);
  await lab.post("/lab/seed", {});
  expect((await lab.get<{ vpcs: object[] }>("/v2/vpcs")).body.vpcs).toHaveLength(3);
});

test("the status tells what was seeded", async () => {
  const lab = await seeded();
  await lab.droplet({ tags: ["mine"] });
  const { body } =
    await lab.get<Record<"droplets" | "tags", { name: string; seeded: boolean }[]>>("/lab/status");
  expect(body.droplets.filter(({ seeded }) => !seeded).map(({ name }) => name)).toEqual(["node-1"]);
  expect(body.tags.filter(({ seeded }) => !seeded).map(({ name }) => name)).toEqual(["mine"]);
});
