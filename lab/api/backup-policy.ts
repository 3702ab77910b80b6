/** When backups are made, as DigitalOcean's OpenAPI description has it. The lab makes none. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { unprocessable } from "./errors";
import type { BackupPolicyRecord } from "./records";

/** Days of the week in JavaScript's order. */
export const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] as const;
/** When a window may begin, UTC. */
export const WINDOW_STARTS = [0, 4, 8, 12, 16, 20] as const;
/** How long a window is. */
export const WINDOW_HOURS = 4;
/** How many days a backup is kept, by plan. */
export const RETENTION_DAYS = { daily: 7, weekly: 28 } as const;

/** A backup policy as it is sent. */
export const BackupPolicy = Type.Object({
  plan: Type.Optional(Type.Enum(["daily", "weekly"])),
  weekday: Type.Optional(Type.Enum(["", ...WEEKDAYS])),
  hour: Type.Optional(Type.Enum([...WINDOW_STARTS])),
});

/**
 * The policy that is meant; without one, daily at midnight.
 * @throws 422 if there is no plan, or a daily one has a weekday.
 */
export function readBackupPolicy(sent: Static<typeof BackupPolicy> = { plan: "daily" }): BackupPolicyRecord {
  const { plan, weekday = "", hour = 0 } = sent;
  if (plan === undefined) throw unprocessable("backup_policy: plan is required");
  if (plan === "weekly") return { plan, weekday: weekday === "" ? "SUN" : weekday, hour };
  if (weekday !== "") throw unprocessable("backup_policy: weekday is for the weekly plan only");
  return { plan, hour };
}

/** The next window that begins after a moment. */
export function nextWindow(
  { plan, weekday, hour }: BackupPolicyRecord,
  now: Date,
): { start: Date; end: Date } {
  const start = new Date(now);
  start.setUTCHours(hour, 0, 0, 0);
  const fits = () => start > now && (plan === "daily" || WEEKDAYS[start.getUTCDay()] === weekday);
  while (!fits()) start.setUTCDate(start.getUTCDate() + 1);
  const end = new Date(start);
  end.setUTCHours(hour + WINDOW_HOURS);
  return { start, end };
}
