/** What was thrown, and what the engine refused. */

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The HTTP status of an engine's refusal. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("statusCode" in error)) return undefined;
  return typeof error.statusCode === "number" ? error.statusCode : undefined;
}

/** Takes one of the engine's refusals for success. */
export async function unless(status: number, action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (statusOf(error) !== status) throw error;
  }
}
