import { preparationsTable } from "../e2e/preparations";

test("a row per host that was prepared", () => {
  const table = preparationsTable([
    {
      release: "Debian 13",
      before: "none",
      wanted: "28.5.2",
      got: "28.5.2 (docker-ce)",
      seconds: 40,
      note: "a | b",
    },
  ]);
  expect(table).toContain("| Debian 13 | none | `28.5.2` | 28.5.2 (docker-ce) | 40 | a \\| b |");
});
