/** When backups are made, as DigitalOcean's OpenAPI description has it. The lab makes none. */
import { type Static, Type } from "@fastify/type-provider-typebox";

import { unprocessable } from "./errors";

/** A backup policy. */
export const BackupPolicy = Type.Object({
  plan: Type.Optional(Type.Enum(["daily", "weekly"])),
  weekday: Type.Optional(Type.Enum(["", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])),
  hour: Type.Optional(Type.Enum([0, 4, 8, 12, 16, 20])),
});

/** @throws 422 if there is no plan, or a daily one has a weekday. */
export function checkBackupPolicy({ plan, weekday = "" }: Static<typeof BackupPolicy>): void {
  if (plan === undefined) throw unprocessable("backup_policy: plan is required");
  if (plan === "daily" && weekday !== "") {
    throw unprocessable("backup_policy: weekday is for the weekly plan only");
  }
}
