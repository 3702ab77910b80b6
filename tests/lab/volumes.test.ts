import { NoHosts } from "../../lab/hosts/none";
import {
  type ActionBody,
  type DropletBody,
  dropletRequest,
  type ErrorBody,
  Lab,
  type VolumeBody,
} from "./helpers";

interface Answered extends ErrorBody {
  readonly volume: VolumeBody;
}

const create = (lab: Lab, more: object = {}) =>
  lab.post<Answered>("/v2/volumes", { name: "data", region: "fra1", size_gigabytes: 10, ...more });
const find = async (lab: Lab, id: string) => (await lab.get<Answered>(`/v2/volumes/${id}`)).body.volume;

describe("volumes", () => {
  test("created as the provider does, read, and deleted", async () => {
    const lab = await Lab.start();
    const more = {
      description: "",
      snapshot_id: "",
      filesystem_type: "ext4",
      filesystem_label: "db",
      tags: ["t"],
    };
    const { status, body } = await create(lab, more);
    expect(status).toBe(201);
    expect(body.volume).toMatchObject({
      name: "data",
      description: "",
      size_gigabytes: 10,
      filesystem_type: "ext4",
      filesystem_label: "db",
      region: { slug: "fra1" },
      droplet_ids: [],
      tags: ["t"],
    });
    const { id } = body.volume;
    expect(lab.hosts.volumes.get(id)).toMatchObject({ size: 10, filesystem: "ext4", label: "db" });
    expect(await find(lab, id)).toEqual(body.volume);
    expect((await lab.delete(`/v2/volumes/${id}`)).status).toBe(204);
    expect((await lab.get(`/v2/volumes/${id}`)).status).toBe(404);
    expect((await lab.delete(`/v2/volumes/${id}`)).status).toBe(404);
    expect(lab.hosts.volumes.size).toBe(0);
  });

  test("listed by name, by region, and by both; deleted by both", async () => {
    const lab = await Lab.start();
    await create(lab);
    await create(lab, { region: "nyc3" });
    await create(lab, { name: "other" });
    const list = async (query: string) => {
      const { body } = await lab.get<{ volumes: VolumeBody[] }>(`/v2/volumes${query}`);
      return body.volumes.map(({ name, region }) => `${name}@${region.slug}`);
    };
    expect(await list("")).toEqual(["data@fra1", "data@nyc3", "other@fra1"]);
    expect(await list("?name=data")).toEqual(["data@fra1", "data@nyc3"]);
    expect(await list("?region=fra1")).toEqual(["data@fra1", "other@fra1"]);
    expect(await list("?name=data&region=nyc3")).toEqual(["data@nyc3"]);
    expect((await lab.delete("/v2/volumes?name=data")).status).toBe(400);
    expect((await lab.delete("/v2/volumes?name=data&region=ams3")).status).toBe(404);
    expect((await lab.delete("/v2/volumes?name=data&region=fra1")).status).toBe(204);
    expect(await list("")).toEqual(["data@nyc3", "other@fra1"]);
  });

  test.each([
    { name: "Data" },
    { name: "1data" },
    { name: "a_b" },
    { name: "a".repeat(65) },
    { size_gigabytes: 0 },
    { size_gigabytes: 16_385 },
    { size_gigabytes: 1.5 },
    { region: "nowhere" },
    { filesystem_type: "btrfs" },
    { filesystem_label: "alone" },
    { filesystem_type: "xfs", filesystem_label: "thirteen-long" },
    { filesystem_type: "ext4", filesystem_label: "seventeen-letters" },
    { snapshot_id: "746c6152-2fa2-11ed-92d3-27aaa54e4988" },
    { tags: ["a b"] },
  ])("422 for %j, and nothing is made", async more => {
    const lab = await Lab.start();
    expect((await create(lab, more)).status).toBe(422);
    expect(lab.hosts.calls.filter(({ method }) => method === "createVolume")).toEqual([]);
  });

  test("one of a name in a region, also when two are created together", async () => {
    const lab = await Lab.start({ hosts: new NoHosts({ otherMs: 20 }) });
    const both = await Promise.all([create(lab), create(lab)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ id: "conflict" });
  });

  test("as many as the account may have, and as many GiB as a region", async () => {
    const lab = await Lab.start({ limits: { volumeLimit: 2 } });
    expect((await lab.get("/v2/account")).body).toMatchObject({ account: { volume_limit: 2 } });
    await create(lab, { size_gigabytes: 16_000 });
    const full = await create(lab, { name: "b", size_gigabytes: 385 });
    expect([full.status, full.body.message]).toEqual([403, "volume/snapshot capacity limit exceeded"]);
    expect((await create(lab, { name: "b", size_gigabytes: 384 })).status).toBe(201);
    expect((await create(lab, { name: "c", region: "nyc3" })).status).toBe(403);
  });

  test("one that the hosts cannot make is not there", async () => {
    const lab = await Lab.start();
    lab.hosts.failure = ({ method }) => (method === "createVolume" ? new Error("disk full") : undefined);
    expect((await create(lab)).status).toBe(500);
    lab.hosts.failure = undefined;
    expect((await create(lab)).status).toBe(201);
  });

  test("tagged and untagged, and counted by the tag", async () => {
    const lab = await Lab.start();
    const { id } = (await create(lab)).body.volume;
    await lab.post("/v2/tags", { name: "backup" });
    const resources = { resources: [{ resource_id: id, resource_type: "volume" }] };
    expect((await lab.post("/v2/tags/backup/resources", resources)).status).toBe(204);
    expect((await find(lab, id)).tags).toEqual(["backup"]);
    const { body } = await lab.get("/v2/tags/backup");
    expect(body).toMatchObject({
      tag: { resources: { count: 1, droplets: { count: 0 }, volumes: { count: 1 } } },
    });
    await lab.delete("/v2/tags/backup/resources", resources);
    expect((await find(lab, id)).tags).toEqual([]);
    const unknown = { resources: [{ resource_id: "x", resource_type: "volume" }] };
    expect((await lab.post("/v2/tags/backup/resources", unknown)).status).toBe(404);
  });
});

describe("volumes of a new droplet", () => {
  test("are its own from its first moment, and free again when it is gone", async () => {
    const lab = await Lab.start({ behaviour: { removalMs: 60_000 } });
    const { volume } = (await create(lab, { filesystem_type: "ext4" })).body;
    const droplet = await lab.droplet({ volumes: [{ id: volume.id }] });
    expect(droplet.volume_ids).toEqual([volume.id]);
    expect((await find(lab, volume.id)).droplet_ids).toEqual([droplet.id]);
    expect(lab.hosts.hosts.get(droplet.id)?.spec.volumes).toEqual([
      { id: volume.id, name: "data", mount: "ext4" },
    ]);

    await lab.delete(`/v2/droplets/${droplet.id}`);
    const early = await lab.delete<ErrorBody>(`/v2/volumes/${volume.id}`);
    expect([early.status, early.body.message]).toEqual([
      409,
      "A volume that's attached to a Droplet cannot be deleted. Please detach it first before deleting.",
    ]);
    await lab.delete("/lab/behaviour");
    await lab.settled();
    expect((await find(lab, volume.id)).droplet_ids).toEqual([]);
    // Its file system was mounted by the first droplet. The next one is left to mount it itself.
    const next = await lab.droplet({ volumes: [volume.id] });
    expect(lab.hosts.hosts.get(next.id)?.spec.volumes).toEqual([{ id: volume.id, name: "data" }]);
  });

  test("must exist, be free, be in its region; and they are for one droplet only", async () => {
    const lab = await Lab.start();
    const { volume } = (await create(lab)).body;
    const there = (await create(lab, { region: "nyc3" })).body.volume;
    const taken = (await create(lab, { name: "taken" })).body.volume;
    await lab.droplet({ volumes: [taken.id] });
    for (const more of [
      { volumes: [taken.id] },
      { volumes: [there.id] },
      { volumes: ["746c6152-2fa2-11ed-92d3-27aaa54e4988"] },
      { volumes: [volume.id], name: undefined, names: ["a", "b"] },
    ]) {
      const { status, body } = await lab.post<ErrorBody>("/v2/droplets", dropletRequest(more));
      expect([status, body.message]).toEqual([422, "Invalid volume allocations"]);
    }
    expect((await find(lab, volume.id)).droplet_ids).toEqual([]);
  });

  test("are there after a power cycle", async () => {
    const lab = await Lab.start();
    const { volume } = (await create(lab)).body;
    const { id } = await lab.droplet({ volumes: [volume.id] });
    for (const type of ["power_off", "power_on"]) {
      await lab.post<{ action: ActionBody; droplet: DropletBody }>(`/v2/droplets/${id}/actions`, { type });
      await lab.settled();
    }
    expect(lab.hosts.hosts.get(id)?.volumes.map(({ name }) => name)).toEqual(["data"]);
  });
});
