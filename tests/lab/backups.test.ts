import { nextWindow } from "../../lab/api/backup-policy";
import { type ErrorBody, Lab } from "./helpers";

interface Policy extends ErrorBody {
  readonly policy: {
    readonly backup_enabled: boolean;
    readonly backup_policy?: object;
    readonly next_backup_window?: { readonly start: string };
  };
}
const policyOf = async (lab: Lab, id: number) =>
  (await lab.get<Policy>(`/v2/droplets/${id}/backups/policy`)).body.policy;
async function act(lab: Lab, id: number, body: object): Promise<number> {
  const { status } = await lab.post(`/v2/droplets/${id}/actions`, body);
  await lab.settled();
  return status;
}

describe("a droplet's backups", () => {
  test("are daily unless another policy is sent, and the next window is told", async () => {
    const lab = await Lab.start();
    const plain = await lab.droplet({ backups: true });
    expect(await policyOf(lab, plain.id)).toMatchObject({
      backup_enabled: true,
      backup_policy: { plan: "daily", hour: 0, window_length_hours: 4, retention_period_days: 7 },
    });
    const weekly = await lab.droplet({
      backups: true,
      backup_policy: { plan: "weekly", weekday: "TUE", hour: 20 },
    });
    const policy = await policyOf(lab, weekly.id);
    expect(policy.backup_policy).toEqual({
      plan: "weekly",
      weekday: "TUE",
      hour: 20,
      window_length_hours: 4,
      retention_period_days: 28,
    });
    const start = new Date(policy.next_backup_window?.start ?? "");
    expect([start.getUTCDay(), start.getUTCHours()]).toEqual([2, 20]);
    expect(weekly).toMatchObject({ next_backup_window: policy.next_backup_window });
  });

  test("are none unless asked for; then a policy has no place", async () => {
    const lab = await Lab.start();
    const droplet = await lab.droplet({ backups: false });
    expect(await policyOf(lab, droplet.id)).toEqual({ droplet_id: droplet.id, backup_enabled: false });
    expect(droplet).toMatchObject({ next_backup_window: null, backup_ids: [] });
    const request = { name: "x", region: "fra1", size: "s-1vcpu-1gb", image: "debian-13-x64" };
    const backup_policy = { plan: "daily" };
    expect((await lab.post("/v2/droplets", { ...request, backup_policy })).status).toBe(422);
    expect((await lab.get(`/v2/droplets/${droplet.id}/backups`)).body).toMatchObject({ backups: [] });
    expect((await lab.get("/v2/droplets/7/backups/policy")).status).toBe(404);
  });

  test("are enabled, changed and disabled by actions", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    expect(await act(lab, id, { type: "enable_backups" })).toBe(201);
    expect(await policyOf(lab, id)).toMatchObject({ backup_policy: { plan: "daily" } });
    expect((await lab.find(id)).features).toContain("backups");
    const backup_policy = { plan: "weekly", weekday: "SAT", hour: 8 };
    expect(await act(lab, id, { type: "change_backup_policy", backup_policy })).toBe(201);
    expect(await policyOf(lab, id)).toMatchObject({ backup_policy });
    const { policies } = (await lab.get<{ policies: object }>("/v2/droplets/backups/policies")).body;
    expect(policies).toMatchObject({ [id]: { droplet_id: id, backup_policy } });
    expect(await act(lab, id, { type: "disable_backups" })).toBe(201);
    expect((await policyOf(lab, id)).backup_enabled).toBe(false);
    expect((await lab.find(id)).features).not.toContain("backups");
  });

  test("the plans that there are", async () => {
    const lab = await Lab.start();
    const { body } = await lab.get("/v2/droplets/backups/supported_policies");
    expect(body).toMatchObject({
      supported_policies: [
        { name: "weekly", possible_days: { length: 7 } },
        { name: "daily", possible_days: [] },
      ],
    });
  });
});

test.each([
  ["daily", undefined, 4, "2026-01-05T03:59:59Z", "2026-01-05T04:00:00.000Z"],
  ["daily", undefined, 4, "2026-01-05T04:00:00Z", "2026-01-06T04:00:00.000Z"],
  ["daily", undefined, 20, "2026-12-31T21:00:00Z", "2027-01-01T20:00:00.000Z"],
  // 2026-01-05 is a Monday.
  ["weekly", "MON", 0, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00.000Z"],
  ["weekly", "SUN", 20, "2026-01-05T00:00:00Z", "2026-01-11T20:00:00.000Z"],
] as const)("the next window of %s %s at %d after %s is %s", (plan, weekday, hour, now, expected) => {
  const { start, end } = nextWindow({ plan, weekday, hour }, new Date(now));
  expect(start.toISOString()).toBe(expected);
  expect(end.getTime() - start.getTime()).toBe(4 * 3_600_000);
});
