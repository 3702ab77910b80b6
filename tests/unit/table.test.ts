import type { Outcome } from "../e2e/scenario";
import { table } from "../e2e/table";

const outcome = (driver: "cli" | "rehearsal", name: string, seconds: number) =>
  ({ name, driver, seconds, result: "passed" }) as const;
const run = (...outcomes: Outcome[]) => ({ outcomes, seconds: 7, labs: outcomes.length });

test("each driver's run writes its own columns and keeps the other's", () => {
  const names = ["one", "two"];
  const first = table("", names, run(outcome("cli", "one", 1.25), outcome("cli", "two", 2)));
  const skipped = { ...outcome("rehearsal", "two", 0), result: "skipped", detail: "   no backend" } as const;
  const both = table(first, names, run(outcome("rehearsal", "one", 3), skipped));
  expect(both).toContain("| one | passed | 1.3 | passed | 3.0 |");
  expect(both).toContain("| two | passed | 2.0 | skipped: no backend |  |");
  expect(both).toContain(
    "| the whole run | passed, on 2 labs side by side | 7.0 | passed, on 2 labs side by side | 7.0 |",
  );
});

test("what was run by itself takes its row alone, and says so", () => {
  const names = ["one", "two"];
  const failed = { ...outcome("cli", "one", 1), result: "failed" } as const;
  const first = table("", names, run(failed, outcome("cli", "two", 2)));
  expect(first).toContain("| the whole run | failed in 1 of 2, on 2 labs side by side | 7.0 |");
  const second = table(first, names, run(outcome("cli", "one", 3)));
  expect(second).toContain("| one | passed, run by itself | 3.0 |");
  expect(second).toContain("| two | passed | 2.0 |");
  expect(second).toContain("| the whole run | failed in 1 of 2, on 2 labs side by side | 7.0 |");
});
