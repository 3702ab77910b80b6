import { criticalPath, dependenciesOf } from "../../bench/whole/critical-path";

const step = (urn: string, started: number, ended: number) => ({ urn, op: "create", started, ended });
const urns = (steps: readonly { urn: string }[]) => steps.map(({ urn }) => urn);

test("it follows what ended last before each step began", () => {
  const steps = [
    step("key", 0, 1),
    step("firewall", 0, 3),
    step("droplet-a", 3, 13),
    step("droplet-b", 3, 14),
    step("join", 14, 16),
    step("unrelated", 0, 15),
  ];
  const dependencies = new Map([
    ["droplet-a", ["key", "firewall"]],
    ["droplet-b", ["key", "firewall"]],
    ["join", ["droplet-a", "droplet-b"]],
  ]);
  expect(urns(criticalPath(steps, dependencies))).toEqual(["firewall", "droplet-b", "join"]);
});

test("what was still under way is not what was waited for", () => {
  const steps = [step("component", 0, 9), step("droplet", 1, 5), step("join", 5, 10)];
  const dependencies = new Map([["join", ["component", "droplet"]]]);
  expect(urns(criticalPath(steps, dependencies))).toEqual(["droplet", "join"]);
});

test("nothing was done: there is none", () => expect(criticalPath([], new Map())).toEqual([]));

test("a resource depends on its parent, too", () => {
  const resources = [{ urn: "a" }, { urn: "b", parent: "a" }, { urn: "c", parent: "a", dependencies: ["b"] }];
  expect([...dependenciesOf(JSON.stringify({ deployment: { resources } }))]).toEqual([
    ["a", []],
    ["b", ["a"]],
    ["c", ["b", "a"]],
  ]);
});
