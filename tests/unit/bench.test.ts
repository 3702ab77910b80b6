import { graphTable } from "../../bench/graph";

test("a row has both graphs, their ratio, and what a node costs", () => {
  const cost = {
    resources: 50,
    seconds: 3,
    memory: 200.4,
    inputs: 102_400,
    largest: { userData: 7168, stdin: 6144 },
  };
  const constants = { ...cost, seconds: 2, memory: 150 };
  const bare = { ...cost, seconds: 0.5, memory: 100 };
  const text = graphTable(3, [{ nodes: 10, program: cost, constants, bare }]);
  expect(text).toContain("\n| 10 | 50 | 3.0 | 2.0 | 1.5 | 0.5 | 200 | 150 | 100 | 10.0 | 7.0 | 6.0 |\n");
  expect(text).toContain("medians of 3 runs");
});
