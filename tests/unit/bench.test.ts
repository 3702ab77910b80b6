import { muchWorse } from "../../bench/check";
import { chain } from "../../bench/plot";
import { parseProcess, parseStat, usedBy } from "../../bench/readiness/profile";
import { markdownTable, replacePart } from "../../bench/report";
import { median } from "../../bench/statistics";
import { showGraph, showReadiness } from "../../bench/tables";

test("the median of an odd and of an even number, whatever their order", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 4, 1, 3])).toBe(3.5);
  expect(() => median([])).toThrow(RangeError);
});

test("a table has ratios to the first contender, and how each one grows", () => {
  const row = (contender: string, nodes: number, ...seconds: number[]) => ({
    contender,
    nodes,
    seconds,
    profile: { seconds: 5, hosts: 6, contender: 2, rest: 1, disk: 0.1 },
  });
  const { table, plots } = showReadiness([
    row("this program", 5, 3, 4, 5),
    row("the script", 5, 2, 2, 4),
    row("this program", 20, 6, 6, 6),
    row("the script", 20, 5, 5, 5),
  ]);
  expect(table).toContain(
    "| this program | 1.00 | 1.00 | 4.00 (3.00 to 5.00) | 6.00 (6.00 to 6.00) | 1.50 |",
  );
  expect(table).toContain("| the script | 2.00 | 1.20 | 2.00 (2.00 to 4.00) | 5.00 (5.00 to 5.00) | 2.50 |");
  expect(table).toContain("| the script | 20 | 5.00 | 1.8 | 6.0 | 0.30 | 2.0 | 1.0 | 0.1 |");
  expect(plots.readiness).toMatch(/^<svg [^]*this program[^]*<\/svg>\n$/);
});

test("the graph's row has its ratios to what the SDK costs", () => {
  const cost = {
    resources: 50,
    seconds: 3,
    memory: 200.4,
    inputs: 102_400,
    largest: { userData: 7168, stdin: 6144 },
  };
  const constants = { ...cost, seconds: 2, memory: 150 };
  const { table } = showGraph([{ nodes: 10, program: cost, constants, bare: { ...cost, seconds: 0.5 } }]);
  expect(table).toContain("| 10 | 50 | 1.50 | 1.34 | 3.0 | 2.0 | 0.5 | 200 | 150 | 200 | 10.0 | 7.0 | 6.0 |");
});

test("each bar of a chain begins where the one before ended", () => {
  const svg = chain("Chain", [
    { name: "first", waited: 1, took: 10 },
    { name: "second", waited: 0.5, took: 2 },
  ]);
  expect(svg).toContain("first");
  expect(svg).toContain("second");
});

test("a part of the document is replaced, and nothing else", () => {
  const document = "a\n<!-- lab: generated -->\nold\n<!-- lab: end -->\nb\n";
  const once = replacePart(document, "lab", "new");
  expect(once).toBe("a\n<!-- lab: generated -->\n\nnew\n\n<!-- lab: end -->\nb\n");
  expect(replacePart(once, "lab", "new")).toBe(once);
  expect(() => replacePart(document, "graph", "new")).toThrow(/no place for "graph"/);
});

test("a ratio may differ by noise, and no more", () => {
  const [what, was] = ["time", 1.2];
  expect(muchWorse([{ what, was, is: 1.5 }])).toEqual([]);
  expect(muchWorse([{ what, was, is: 1.7 }])).toEqual(["time: 1.70, and it was 1.20"]);
  expect(muchWorse([{ what, was, is: 1.8, promised: 1.75 }])).toEqual(["time: 1.80, and it was 1.20"]);
  expect(muchWorse([{ what, was, is: 1.7, promised: 1.75 }])).toEqual([]);
  expect(muchWorse([{ what, was: NaN, is: 1 }])).toEqual(["time: 1.00, and it was NaN"]);
  expect(muchWorse([{ what, was: NaN, is: 1, promised: 2 }])).toEqual(["time: 1.00, and it was NaN"]);
});

test("tables are Markdown", () => {
  expect(markdownTable(["a", "b"], [["c", 1]])).toBe("| a | b |\n| --- | ---: |\n| c | 1 |\n");
});

describe("a profile", () => {
  test("has the cores' time from the first line of /proc/stat", () => {
    const text = "cpu  100 20 30 4000 50 6 7 0 0 0\ncpu0 1 2 3 4 5 6 7 0 0 0\n";
    expect(parseStat(text)).toEqual({ busy: 1.63, disk: 0.5 });
  });

  test("has a process's from its own line, whatever it is called", () => {
    const text = "77 (a) b) S 12 77 77 0 -1 4194560 1 2 3 4 150 50 300 100 20 0 1 0";
    expect(parseProcess(text)).toEqual({ parent: 12, used: 2, usedByEnded: 4 });
  });

  test("counts other namespaces as hosts, and children with theirs as the contender", () => {
    const process = (pid: number, parent: number, used: number, usedByEnded = 0, namespace = "mine") => ({
      pid,
      parent,
      used,
      usedByEnded,
      namespace,
    });
    const processes = [
      process(1, 0, 100),
      // The one that looks, its child that ended, a child, and that one's child.
      ...[process(10, 1, 1000, 3), process(11, 10, 4, 1), process(12, 11, 2)],
      // The lab's engine, and a host that it started.
      ...[process(20, 1, 500), process(21, 20, 7, 8, "a host's")],
    ];
    expect(usedBy(processes, 10)).toEqual({ hosts: 15, contender: 10 });
  });
});
