import { type ActionBody, type ErrorBody, Lab } from "./helpers";

describe("actions", () => {
  const act = (lab: Lab, id: number, body: object) =>
    lab.post<{ action: ActionBody } & ErrorBody>(`/v2/droplets/${id}/actions`, body);

  test("power off, resize, power on: the provider's way to another size", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const off = await act(lab, id, { type: "power_off" });
    expect(off.status).toBe(201);
    expect(off.body.action).toMatchObject({ status: "in-progress", completed_at: null, type: "power_off" });
    await lab.settled();
    expect(await lab.find(id)).toMatchObject({ status: "off", locked: false });
    expect((await act(lab, id, { type: "power_off" })).body.message).toContain(
      "Droplet is already powered off",
    );

    const resize = await act(lab, id, { type: "resize", size: "s-2vcpu-4gb", disk: false });
    await lab.settled();
    const done = await lab.get<{ action: ActionBody }>(`/v2/actions/${resize.body.action.id}`);
    expect(done.body.action.completed_at).not.toBeNull();
    expect(await lab.find(id)).toMatchObject({ size: { slug: "s-2vcpu-4gb" }, disk: 25 });

    await act(lab, id, { type: "power_on" });
    await lab.settled();
    expect((await lab.find(id)).status).toBe("active");
    expect(lab.hosts.hosts.get(id)?.state).toBe("running");
    const all = await lab.get<{ actions: ActionBody[] }>(`/v2/droplets/${id}/actions?per_page=50`);
    expect(all.body.actions.map(action => action.type)).toEqual([
      "power_on",
      "resize",
      "power_off",
      "create",
    ]);
  });

  test("one at a time: another one, while one is under way, is refused", async () => {
    const lab = await Lab.start({ behaviour: { actionMs: 100 } });
    const { id } = await lab.droplet();
    await act(lab, id, { type: "reboot" });
    expect((await lab.find(id)).locked).toBe(true);
    const second = await act(lab, id, { type: "power_off" });
    expect(second.status).toBe(422);
    expect(second.body.message).toBe("Droplet already has a pending event.");
    await lab.settled();
    expect(lab.hosts.called("powerOff")).toEqual([id]);
    expect(lab.hosts.called("powerOn")).toEqual([id]);
  });

  test("shutdown of one that is off is no error", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    for (let i = 0; i < 2; i++) {
      expect((await act(lab, id, { type: "shutdown" })).status).toBe(201);
      await lab.settled();
      expect((await lab.find(id)).status).toBe("off");
    }
    expect(lab.hosts.called("powerOff")).toEqual([id]);
  });

  test("rename, and features", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const steps = [
      { type: "rename", name: "other" },
      { type: "enable_backups" },
      { type: "enable_ipv6" },
      { type: "disable_backups" },
    ];
    for (const step of steps) {
      await act(lab, id, step);
      await lab.settled();
    }
    const droplet = await lab.find(id);
    expect(droplet.name).toBe("other");
    expect(droplet.features).toContain("ipv6");
    expect(droplet.networks.v6).toMatchObject([{ ip_address: "2001:db8:c612::c612:2" }]);
    expect((await act(lab, id, { type: "enable_ipv6" })).status).toBe(422);
    expect(droplet.features).not.toContain("backups");
  });

  test("a host that fails ends the action as errored, with a time", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    lab.hosts.failure = ({ method }) => (method === "powerOff" ? new Error("stuck") : undefined);
    const { body } = await act(lab, id, { type: "power_off" });
    await lab.settled();
    const { action } = (await lab.get<{ action: ActionBody }>(`/v2/actions/${body.action.id}`)).body;
    expect(action.status).toBe("errored");
    expect(action.completed_at).not.toBeNull();
    expect((await lab.find(id)).status).toBe("active");
  });

  test.each([
    { type: "explode" },
    { type: "power_on" },
    { type: "resize", size: "s-2vcpu-4gb" },
    { type: "rename", name: "a_b" },
  ])("422 for %j on a running droplet", async body => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    expect((await act(lab, id, body)).status).toBe(422);
  });

  test("no size that the region lacks", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet({ region: "tor1" });
    await act(lab, id, { type: "power_off" });
    await lab.settled();
    const { status, body } = await act(lab, id, { type: "resize", size: "m-2vcpu-16gb", disk: true });
    expect([status, body.message]).toEqual([422, "Size is not available in this region."]);
  });

  test("a backup policy is checked, and needs backups", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    const backup_policy = { plan: "daily", hour: 4 };
    expect((await act(lab, id, { type: "change_backup_policy", backup_policy })).status).toBe(422);
    expect((await act(lab, id, { type: "enable_backups", backup_policy: { plan: "x" } })).status).toBe(422);
    expect((await act(lab, id, { type: "enable_backups", backup_policy })).status).toBe(201);
    await lab.settled();
    expect((await act(lab, id, { type: "change_backup_policy" })).status).toBe(422);
    expect((await act(lab, id, { type: "change_backup_policy", backup_policy })).status).toBe(201);
  });

  test("a disk does not shrink", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet({ size: "s-2vcpu-4gb" });
    await act(lab, id, { type: "power_off" });
    await lab.settled();
    expect((await act(lab, id, { type: "resize", size: "s-1vcpu-1gb" })).status).toBe(422);
  });
});
