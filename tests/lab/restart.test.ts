import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import type { State } from "../../lab/api/records";
import { Store } from "../../lab/api/store";
import { NoHosts } from "../../lab/hosts/none";
import { type ActionBody, type DropletBody, dropletRequest, Lab, publicKey } from "./helpers";

let directory: string;
let stateFile: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "lab-state-"));
  stateFile = path.join(directory, "state.json");
});
afterEach(() => rmSync(directory, { recursive: true }));

const ssh = { protocol: "tcp", ports: "22", sources: { addresses: ["192.0.2.0/24"] } };

async function furnish(lab: Lab): Promise<DropletBody> {
  await lab.post("/v2/account/keys", { name: "me", public_key: publicKey() });
  const droplet = await lab.droplet({ tags: ["swarm"], monitoring: true });
  await lab.post("/v2/firewalls", { name: "fw", inbound_rules: [ssh], tags: ["swarm"] });
  await lab.post("/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 1 });
  await lab.post("/v2/projects", { name: "prod", purpose: "IoT" });
  await lab.post("/v2/reserved_ips", { droplet_id: droplet.id });
  await lab.settled();
  return droplet;
}

const PATHS = [
  "/v2/account/keys",
  "/v2/tags",
  "/v2/vpcs",
  "/v2/droplets",
  "/v2/firewalls",
  "/v2/reserved_ips",
  "/v2/volumes",
  "/v2/projects",
  "/v2/projects/default/resources",
];
const everything = (lab: Lab) => Promise.all(PATHS.map(async path => (await lab.get(path)).body));

/** The state file as it is now, as if the server had been killed and nothing more been written. */
function crashCopy(): string {
  const copy = path.join(directory, "copy.json");
  writeFileSync(copy, readFileSync(stateFile));
  return copy;
}

test("everything is there after a restart, and new ids are new", async () => {
  const hosts = new NoHosts();
  const before = await Lab.start({ hosts, stateFile });
  const droplet = await furnish(before);
  const expected = await everything(before);
  await before.api.close();

  const after = await Lab.start({ hosts, stateFile });
  await after.settled();
  expect(await everything(after)).toEqual(expected);
  expect((await after.droplet()).id).toBeGreaterThan(droplet.id);
});

test("what was answered is on disk, for its owner's eyes only, and no temporary file is left", async () => {
  const lab = await Lab.start({ stateFile });
  for (const name of ["a", "b", "c"]) {
    await lab.post("/v2/tags", { name });
    const saved = JSON.parse(readFileSync(stateFile, "utf8")) as State;
    expect(saved.tags.at(-1)?.name).toBe(name);
  }
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(["state.json"]);
});

test("hosts are given their networks, addresses and firewalls again", async () => {
  const hosts = new NoHosts();
  const before = await Lab.start({ hosts, stateFile });
  const { id, vpc_uuid } = await furnish(before);
  await before.api.close();
  // As after a reboot of the machine: the hosts run, but rules and extra addresses are gone.
  const host = hosts.hosts.get(id);
  Object.assign(host ?? {}, { firewall: {} });
  host?.addresses.clear();
  hosts.networks.clear();

  const after = await Lab.start({ hosts, stateFile });
  await after.settled();
  expect(after.inbound(id)).toEqual({ "tcp/22": ["192.0.2.0/24"] });
  expect([...(host?.addresses ?? [])]).toEqual(["198.18.0.254"]);
  expect([...hosts.networks.keys()]).toEqual([vpc_uuid]);
});

test("a droplet whose host is gone, or off, is off, and can be deleted", async () => {
  const before = await Lab.start({ stateFile });
  const { id } = await before.droplet();
  await before.api.close();
  const after = await Lab.start({ stateFile });
  expect((await after.find(id)).status).toBe("off");
  await after.delete(`/v2/droplets/${id}`);
  await after.settled();
  expect((await after.get(`/v2/droplets/${id}`)).status).toBe(404);
});

test("a create that a crash interrupted ends: active if the host runs, errored if not", async () => {
  const hosts = new NoHosts({ bootMs: 200 });
  const before = await Lab.start({ hosts, stateFile });
  const request = dropletRequest({ name: undefined, names: ["a", "b"] });
  const created = await before.post<{ droplets: DropletBody[]; links: { actions: { id: number }[] } }>(
    "/v2/droplets",
    request,
  );
  const copy = crashCopy();
  await before.settled();
  const [a, b] = created.body.droplets;
  hosts.hosts.delete(b?.id ?? 0);

  const after = await Lab.start({ hosts, stateFile: copy });
  expect((await after.find(a?.id ?? 0)).status).toBe("active");
  expect(await after.find(b?.id ?? 0)).toMatchObject({ status: "errored", locked: false });
  const statuses = created.body.links.actions.map(
    async ({ id }) => (await after.get<{ action: ActionBody }>(`/v2/actions/${id}`)).body.action.status,
  );
  expect(await Promise.all(statuses)).toEqual(["completed", "errored"]);
});

test("a delete that a crash interrupted is done", async () => {
  const hosts = new NoHosts({ otherMs: 100 });
  const before = await Lab.start({ hosts, stateFile });
  const { id } = await before.droplet();
  await before.delete(`/v2/droplets/${id}`);
  const after = await Lab.start({ hosts, stateFile: crashCopy() });
  await after.settled();
  expect((await after.get(`/v2/droplets/${id}`)).status).toBe(404);
  expect(hosts.hosts.size).toBe(0);
});

test.each(["{", "[]", "null", '{"version":2}'])("a file that is no state is refused: %s", text => {
  writeFileSync(stateFile, text);
  expect(() => new Store(stateFile)).toThrow(stateFile);
});

test("changes that overlap a write are written", async () => {
  const store = new Store(stateFile);
  const add = (name: string): Promise<void> => {
    store.tags.put({ name });
    store.changed();
    return store.flush();
  };
  await Promise.all(["a", "b", "c"].map(add));
  expect(new Store(stateFile).tags.all().map(tag => tag.name)).toEqual(["a", "b", "c"]);
});

test("finished actions are forgotten, oldest first, and running ones are not", async () => {
  const store = new Store(stateFile);
  for (let i = 0; i < 2010; i++) {
    store.actions.put({
      id: store.newId(),
      type: "create",
      status: i === 0 ? "in-progress" : "completed",
      startedAt: "",
      completedAt: null,
      resourceType: "droplet",
      resourceId: i,
      region: "fra1",
    });
  }
  await store.flush();
  const kept = new Store(stateFile).actions.all().map(action => action.resourceId);
  expect(kept).toHaveLength(2000);
  expect(kept.slice(0, 2)).toEqual([0, 11]);
});
