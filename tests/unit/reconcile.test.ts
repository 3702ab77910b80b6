import type { SwarmOptions } from "../../components";
import { makeCluster } from "./cluster";
import { CLUSTER_ID, type Recording } from "./mocks";
import { sentTo, tokenOf } from "./sent";

const NODES = ["manager-0", "manager-1", "manager-2", "web-0", "web-1"];
const sent = (world: Recording, name: string) => sentTo(world, `demo-${name}`);
/** Names of the Commands whose inputs differ, but for those that are never run again. */
async function changed(before: SwarmOptions, after: SwarmOptions) {
  const [one, other] = [await makeCluster({ swarm: before }), await makeCluster({ swarm: after })];
  const names = (world: Recording) =>
    world
      .commands()
      .filter(({ ignoreChanges }) => !ignoreChanges.includes("*"))
      .map(({ name }) => name.slice("demo-".length));
  expect(names(other)).toEqual(names(one));
  const inputs = (world: Recording, name: string) => JSON.stringify(world.get(`demo-${name}`).inputs);
  return names(one)
    .filter(name => inputs(one, name) !== inputs(other, name))
    .sort();
}
const JOINS = NODES.map(node => `${node}-join`);
const LEAVES = NODES.map(node => `${node}-leave`);

describe("another value of `reconcile`", () => {
  test.each<[SwarmOptions, SwarmOptions]>([
    [{}, { reconcile: "1" }],
    [{ reconcile: "1" }, { reconcile: "after-the-storm" }],
  ])(
    "holds all members and all pools against the program, and touches nothing else: %j, %j",
    async (...options) => {
      expect(await changed(...options)).toEqual(
        ["manager-reconcile", "members", "web-reconcile", ...JOINS].sort(),
      );
    },
  );

  test("is in what they are sent", async () => {
    const world = await makeCluster({ swarm: { reconcile: "r2" } });
    expect(sent(world, "members")).toMatchObject({ CLUSTER: CLUSTER_ID, ASKED: "0 r2" });
    for (const name of [...JOINS, "manager-reconcile", "web-reconcile"])
      expect([name, sent(world, name).RECONCILE]).toEqual([name, "r2"]);
  });

  test("is nothing where none is given", async () => {
    const world = await makeCluster();
    expect(sent(world, "members").ASKED).toBe("0 ");
    for (const name of [...JOINS, "manager-reconcile"]) expect(sent(world, name).RECONCILE).toBe("");
  });
});

describe("another generation", () => {
  const options = { swarm: { generation: 2 } };

  test("names its own bootstrap and first tokens, and nothing else", async () => {
    const names = (world: Recording) =>
      world.resources.map(({ type, name }) => `${type} ${name.replace(/-g2$/, "")}`).sort();
    const [first, later] = [await makeCluster(), await makeCluster(options)];
    expect(names(later)).toEqual(names(first));
    const own = later.resources.map(({ name }) => name).filter(name => name.endsWith("-g2"));
    expect(own.sort()).toEqual(["demo-bootstrap-g2", "demo-manager-token-g2", "demo-worker-token-g2"]);
    for (const name of own) expect(later.get(name).ignoreChanges).toEqual(["*"]);
  });

  test("is asked of all members, and known to those that leave", async () => {
    expect(await changed({}, { generation: 1 })).toEqual(["members", ...JOINS, ...LEAVES].sort());
    const world = await makeCluster(options);
    expect(sent(world, "members").ASKED).toBe("2 ");
    for (const name of ["bootstrap-g2", ...JOINS, ...LEAVES])
      expect([name, sent(world, name).GENERATION]).toEqual([name, "2"]);
  });

  test("has a bootstrap that knows the other managers; the first one knows none", async () => {
    const later = sent(await makeCluster(options), "bootstrap-g2");
    expect(later.OTHERS).toBe("manager-1 10.110.0.11:2377\nmanager-2 10.110.0.12:2377");
    expect(sent(await makeCluster(), "bootstrap")).toMatchObject({ GENERATION: "0", OTHERS: "" });
  });

  test("rotates nothing: its swarm is born with the rotations of now", async () => {
    const rotations = { workerTokenRotation: 3, caRotation: 1 };
    const world = await makeCluster(
      { swarm: { generation: 1, ...rotations } },
      { bootstrapped: { workerRotation: 3, caRotation: 1 } },
    );
    for (const name of ["worker-token-rotated", "manager-token-rotated", "ca-rotation"])
      expect([name, world.get(`demo-${name}`).inputs.create]).toEqual([name, undefined]);
    expect(tokenOf(world, "demo-web-0-join")).toBe("SWMTKN-1-first-demo-worker-token-g1");
    expect(tokenOf(world, "demo-manager-0-join")).toBe("SWMTKN-1-first-demo-manager-token-g1");
  });
});

describe("what the managers know of a host", () => {
  const members = JSON.stringify([
    { id: "a", role: "manager", hostname: "demo-manager-1-0000000", name: "manager-1" },
    { id: "b", role: "worker", hostname: "demo-web-0-0000000", name: "web-0" },
    { id: "c", role: "worker", hostname: "demo-web-0-older", name: "web-0" },
  ]);
  const world = () => makeCluster({ swarm: { reconcile: "1" } }, { members });

  test.each([
    ["manager-1", "a:manager"],
    ["web-0", "b:worker c:worker"],
    ["web-1", "nothing"],
  ])("goes to its join: %s", async (node, known) => {
    expect(sent(await world(), `${node}-join`).KNOWN).toBe(known);
  });

  test("is not asked of the first manager, whose join waits for no list: it must be a manager", async () => {
    const made = await world();
    expect(sent(made, "manager-0-join").KNOWN).toBe("manager");
    expect(made.get("demo-manager-0-join").dependencies).not.toContain("Command demo-members");
    for (const node of NODES.slice(1))
      expect(made.get(`demo-${node}-join`).dependencies).toContain("Command demo-members");
  });

  test("is nothing that was asked on a fresh cluster", async () => {
    const fresh = await makeCluster();
    for (const node of NODES.slice(1)) expect(sent(fresh, `${node}-join`).KNOWN).toBe("");
  });
});
