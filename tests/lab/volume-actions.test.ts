import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { NoHosts } from "../../lab/hosts/none";
import {
  type ActionBody,
  type DropletBody,
  dropletRequest,
  type ErrorBody,
  Lab,
  type VolumeBody,
} from "./helpers";

interface Acted extends ErrorBody {
  readonly action: ActionBody;
}

async function volumeIn(lab: Lab, more: object = {}): Promise<VolumeBody> {
  const request = { name: "data", region: "fra1", size_gigabytes: 10, ...more };
  return (await lab.post<{ volume: VolumeBody }>("/v2/volumes", request)).body.volume;
}
const find = async (lab: Lab, { id }: { id: string }) =>
  (await lab.get<{ volume: VolumeBody }>(`/v2/volumes/${id}`)).body.volume;
const act = (lab: Lab, { id }: { id: string }, body: object) =>
  lab.post<Acted>(`/v2/volumes/${id}/actions`, body);
async function done(lab: Lab, volume: VolumeBody, body: object): Promise<ActionBody> {
  const { action } = (await act(lab, volume, body)).body;
  await lab.settled();
  return (await lab.get<Acted>(`/v2/actions/${action.id}`)).body.action;
}
const namesOn = (lab: Lab, { id }: DropletBody) => lab.hosts.hosts.get(id)?.volumes.map(({ name }) => name);

describe("attach and detach", () => {
  test("the provider's way: post, and look at the action until it has ended", async () => {
    const lab = await Lab.start();
    const volume = await volumeIn(lab, { filesystem_type: "xfs" });
    const droplet = await lab.droplet();
    const attach = await act(lab, volume, { type: "attach", droplet_id: droplet.id });
    expect(attach.status).toBe(202);
    expect(attach.body.action).toMatchObject({
      type: "attach_volume",
      status: "in-progress",
      completed_at: null,
      resource_id: null,
      resource_type: "volume",
    });
    await lab.settled();
    const url = `/v2/volumes/${volume.id}/actions/${attach.body.action.id}`;
    expect((await lab.get<Acted>(url)).body.action.status).toBe("completed");
    expect((await find(lab, volume)).droplet_ids).toEqual([droplet.id]);
    expect((await lab.find(droplet.id)).volume_ids).toEqual([volume.id]);
    expect(lab.hosts.hosts.get(droplet.id)?.volumes).toEqual([{ id: volume.id, name: "data", mount: "xfs" }]);

    expect((await done(lab, volume, { type: "detach", droplet_id: droplet.id })).status).toBe("completed");
    expect((await find(lab, volume)).droplet_ids).toEqual([]);
    expect(namesOn(lab, droplet)).toEqual([]);
    const { actions } = (await lab.get<{ actions: ActionBody[] }>(`/v2/volumes/${volume.id}/actions`)).body;
    expect(actions.map(({ type }) => type)).toEqual(["detach_volume", "attach_volume"]);
    // Mounted once, by whoever had it first.
    await done(lab, volume, { type: "attach", droplet_id: droplet.id });
    expect(lab.hosts.hosts.get(droplet.id)?.volumes).toEqual([{ id: volume.id, name: "data" }]);
  });

  test("by name and region", async () => {
    const lab = await Lab.start();
    const volume = await volumeIn(lab);
    const { id } = await lab.droplet();
    const byName = (body: object) => lab.post<Acted>("/v2/volumes/actions", { volume_name: "data", ...body });
    const attach = { type: "attach", droplet_id: id, region: "fra1", tags: ["db"] };
    expect((await byName({ ...attach, region: "nyc3" })).status).toBe(404);
    expect((await byName({ type: "resize", size_gigabytes: 20, region: "fra1" })).status).toBe(422);
    expect((await byName(attach)).status).toBe(202);
    await lab.settled();
    expect(await find(lab, volume)).toMatchObject({ droplet_ids: [id], tags: ["db"] });
  });

  test("one droplet at a time, and one thing at a time on a droplet", async () => {
    const lab = await Lab.start();
    const [one, two] = [await lab.droplet(), await lab.droplet()];
    const volume = await volumeIn(lab);
    const other = await volumeIn(lab, { name: "other" });
    await lab.post("/lab/behaviour", { actionMs: 60_000 });
    await act(lab, volume, { type: "attach", droplet_id: one.id });
    expect((await lab.find(one.id)).locked).toBe(true);
    const messages = async (...tries: [VolumeBody, object][]) => {
      const answers = tries.map(async ([target, body]) => {
        const answer = await act(lab, target, body);
        return `${answer.status} ${answer.body.message}`;
      });
      return Promise.all(answers);
    };
    expect(
      await messages(
        [other, { type: "attach", droplet_id: one.id }],
        [volume, { type: "attach", droplet_id: two.id }],
        [volume, { type: "detach", droplet_id: one.id }],
      ),
    ).toEqual([
      "422 Droplet already has a pending event.",
      "422 The volume already has a pending event.",
      "422 Attachment not found",
    ]);
    expect((await lab.delete(`/v2/volumes/${volume.id}`)).status).toBe(409);
    const third = await lab.post<ErrorBody>("/v2/droplets", dropletRequest({ volumes: [volume.id] }));
    expect(third.body.message).toBe("Invalid volume allocations");
    const reboot = await lab.post<ErrorBody>(`/v2/droplets/${one.id}/actions`, { type: "reboot" });
    expect(reboot.body.message).toBe("Droplet already has a pending event.");
    await lab.delete("/lab/behaviour");
    await lab.settled();
    expect(
      await messages(
        [volume, { type: "attach", droplet_id: one.id }],
        [volume, { type: "attach", droplet_id: two.id }],
        [volume, { type: "detach", droplet_id: two.id }],
        [volume, { type: "detach" }],
        [other, { type: "detach", droplet_id: one.id }],
      ),
    ).toEqual([
      "422 This volume is already attached",
      "422 This volume is already attached",
      "422 Attachment not found",
      "422 Attachment not found",
      "422 Attachment not found",
    ]);
  });

  test("fifteen on a droplet, in its region, and it must exist", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    for (let i = 0; i < 15; i++) {
      await done(lab, await volumeIn(lab, { name: `v${i}`, size_gigabytes: 1 }), {
        type: "attach",
        droplet_id: id,
      });
    }
    expect((await lab.find(id)).volume_ids).toHaveLength(15);
    const one = await volumeIn(lab, { name: "sixteenth" });
    const full = await act(lab, one, { type: "attach", droplet_id: id });
    expect([full.status, full.body.message]).toEqual([422, "cannot attach more volumes to the Droplet"]);
    const there = await lab.droplet({ region: "nyc3" });
    expect((await act(lab, one, { type: "attach", droplet_id: there.id })).status).toBe(422);
    expect((await act(lab, one, { type: "attach", droplet_id: there.id, region: "nyc3" })).status).toBe(422);
    expect((await act(lab, one, { type: "attach", droplet_id: 7 })).status).toBe(404);
    expect((await act(lab, one, { type: "attach" })).status).toBe(422);
    expect((await act(lab, one, { type: "explode" })).status).toBe(422);
  });

  test("a droplet that is off has it when it is powered on", async () => {
    const lab = await Lab.start();
    const droplet = await lab.droplet();
    const volume = await volumeIn(lab, { filesystem_type: "ext4" });
    const power = async (type: string) => {
      await lab.post(`/v2/droplets/${droplet.id}/actions`, { type });
      await lab.settled();
    };
    await power("power_off");
    expect((await done(lab, volume, { type: "attach", droplet_id: droplet.id })).status).toBe("completed");
    expect(lab.hosts.called("setVolumes")).toEqual([]);
    await power("power_on");
    expect(lab.hosts.hosts.get(droplet.id)?.volumes).toEqual([
      { id: volume.id, name: "data", mount: "ext4" },
    ]);
    await power("power_off");
    await power("power_on");
    expect(lab.hosts.hosts.get(droplet.id)?.volumes).toEqual([{ id: volume.id, name: "data" }]);
  });

  test("a host that fails ends the action as errored, and the volume is where it was", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const volume = await volumeIn(lab);
    const fails = (on: boolean) => {
      lab.hosts.failure = ({ method }) => (on && method === "setVolumes" ? new Error("no loop") : undefined);
    };
    fails(true);
    expect((await done(lab, volume, { type: "attach", droplet_id: id })).status).toBe("errored");
    expect((await find(lab, volume)).droplet_ids).toEqual([]);
    expect(lab.log.join("\n")).toContain("attach_volume failed: no loop");
    fails(false);
    await done(lab, volume, { type: "attach", droplet_id: id });
    fails(true);
    expect((await done(lab, volume, { type: "detach", droplet_id: id })).status).toBe("errored");
    expect((await find(lab, volume)).droplet_ids).toEqual([id]);
  });
});

describe("resize", () => {
  test("upwards, attached or not, up to 16 TiB", async () => {
    const lab = await Lab.start();
    const volume = await volumeIn(lab);
    const resize = { type: "resize", size_gigabytes: 20, region: "fra1" };
    expect((await done(lab, volume, resize)).type).toBe("resize");
    expect((await find(lab, volume)).size_gigabytes).toBe(20);
    expect(lab.hosts.volumes.get(volume.id)?.size).toBe(20);
    for (const size_gigabytes of [20, 19, 16_385, undefined]) {
      expect((await act(lab, volume, { ...resize, size_gigabytes })).status).toBe(422);
    }
  });
});

describe("after a restart", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lab-volumes-"));
  afterAll(() => rmSync(directory, { recursive: true }));

  test("hosts have the volumes that are theirs; what was being attached is not", async () => {
    const stateFile = path.join(directory, "state.json");
    const hosts = new NoHosts();
    const before = await Lab.start({ hosts, stateFile });
    const droplet = await before.droplet();
    const kept = await volumeIn(before, { name: "kept" });
    await done(before, kept, { type: "attach", droplet_id: droplet.id });
    await before.post("/lab/behaviour", { actionMs: 60_000 });
    const halfway = await volumeIn(before, { name: "halfway" });
    await act(before, halfway, { type: "attach", droplet_id: droplet.id });
    // The server is killed, and this machine was started anew, too.
    Object.assign(hosts.hosts.get(droplet.id) ?? {}, { volumes: [] });
    const after = await Lab.start({ hosts, stateFile });
    await after.settled();
    expect(namesOn(after, droplet)).toEqual(["kept"]);
    expect((await find(after, halfway)).droplet_ids).toEqual([]);
    expect((await done(after, halfway, { type: "attach", droplet_id: droplet.id })).status).toBe("completed");
  });
});
