import { type ActionBody, type DropletBody, dropletRequest, type ErrorBody, Lab } from "./helpers";

interface ReservedIpBody {
  readonly ip: string;
  readonly locked: boolean;
  readonly region: { readonly slug: string };
  readonly droplet: DropletBody | null;
}
interface Reserved {
  reserved_ip: ReservedIpBody;
  links: { actions?: { id: number }[] };
}

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
    const lab = await Lab.start({ behaviour: { actionMs: 100 } });
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

  test("for the account's project only", async () => {
    const lab = await Lab.start();
    const { project } = (await lab.get<{ project: { id: string } }>("/v2/projects/default")).body;
    const other = "746c6152-2fa2-11ed-92d3-27aaa54e4988";
    expect((await reserve(lab, { region: "fra1", project_id: other })).status).toBe(422);
    expect((await reserve(lab, { region: "fra1", project_id: project.id })).status).toBe(202);
  });

  test("from a range of their own, if there is one", async () => {
    const lab = await Lab.start({ reservedRange: "198.19.0.0/24" });
    expect((await reserve(lab)).body.reserved_ip.ip).toBe("198.19.0.2");
  });
});
