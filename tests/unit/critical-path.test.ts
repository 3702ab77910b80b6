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
    ["key", []],
    ["firewall", []],
    ["unrelated", []],
    ["droplet-a", ["key", "firewall"]],
    ["droplet-b", ["key", "firewall"]],
    ["join", ["droplet-a", "droplet-b"]],
  ]);
  expect(urns(criticalPath(steps, dependencies))).toEqual(["firewall", "droplet-b", "join"]);
});

test("what was still under way is not what was waited for, and a component is not looked at", () => {
  const steps = [step("slow", 0, 9), step("droplet", 1, 5), step("join", 5, 10), step("component", 0, 11)];
  const dependencies = new Map([
    ["slow", []],
    ["droplet", []],
    ["join", ["slow", "droplet", "component"]],
  ]);
  expect(urns(criticalPath(steps, dependencies))).toEqual(["droplet", "join"]);
});

test("nothing was done: there is none", () => expect(criticalPath([], new Map())).toEqual([]));

test("a state has dependencies of what providers make, and of nothing else", () => {
  const resources = [
    { urn: "stack", type: "pulumi:pulumi:Stack", custom: false },
    { urn: "provider", type: "pulumi:providers:tls", custom: true },
    { urn: "key", type: "tls:index/privateKey:PrivateKey", custom: true },
    { urn: "join", type: "command:remote:Command", custom: true, dependencies: ["key"] },
  ];
  expect([...dependenciesOf(JSON.stringify({ checkpoint: { latest: { resources } } }))]).toEqual([
    ["key", []],
    ["join", ["key"]],
  ]);
});
