import { indices, resolvePool } from "../../components/nodes/resolve";
import { Reader } from "../../components/reader";
import { makeCluster } from "./cluster";
import { DROPLET, type Recording } from "./mocks";
import { sentTo } from "./sent";

const droplets = (world: Recording) =>
  world.resources.filter(({ type }) => type === DROPLET).map(({ name }) => name.slice("demo-".length));
const commands = (world: Recording) =>
  world
    .commands()
    .map(({ name }) => name.slice("demo-".length))
    .sort();

test.each([
  [3, 2, ["manager-0", "manager-1", "manager-2", "web-0", "web-1"]],
  [1, 2, ["manager-0", "web-0", "web-1"]],
  [1, 0, ["manager-0"]],
  [5, 1, ["manager-0", "manager-1", "manager-2", "manager-3", "manager-4", "web-0"]],
])("%i managers and %i workers are exactly the expected nodes", async (managers, workers, names) => {
  const world = await makeCluster({ managers: { count: managers }, workers: { web: { count: workers } } });
  expect(droplets(world)).toEqual(names);
  expect(commands(world)).toEqual(
    [
      "bootstrap",
      "manager-token",
      "manager-token-rotated",
      "worker-token",
      "worker-token-rotated",
      "ca-rotation",
      "members",
      "manager-reconcile",
      ...(workers ? ["web-reconcile"] : []),
      ...names.flatMap(name => [`${name}-join`, `${name}-leave`]),
      ...names.filter(name => name.startsWith("manager")).map(name => `${name}-docker-api`),
    ].sort(),
  );
});

test("adding a node changes the inputs of its pool's Command only", async () => {
  const before = await makeCluster({ workers: { web: { count: 2 }, db: { count: 1 } } });
  const after = await makeCluster({ workers: { web: { count: 3 }, db: { count: 1 } } });
  expect(changed(before, after)).toEqual(["demo-web-reconcile"]);
});

test("with `skip` a node goes from the middle and the others keep their names", async () => {
  const world = await makeCluster({ workers: { web: { count: 2, skip: [1] } } });
  expect(droplets(world).slice(3)).toEqual(["web-0", "web-2"]);
});

test("a pool's revision renames all its nodes, a node's own just that one", async () => {
  const pool = await makeCluster({ workers: { web: { count: 2, revision: "r2" } } });
  expect(droplets(pool).slice(3)).toEqual(["web-0-r2", "web-1-r2"]);
  const one = await makeCluster({
    workers: { web: { count: 2, revision: "1", nodes: { "1": { revision: "x" } } } },
  });
  expect(droplets(one).slice(3)).toEqual(["web-0-1", "web-1-x"]);
});

test("pools of the same program do not mix", async () => {
  const world = await makeCluster({
    managers: { count: 1 },
    workers: { web: { count: 1, labels: { tier: "web" } }, db: { count: 1, availability: "pause" } },
  });
  expect(droplets(world)).toEqual(["manager-0", "web-0", "db-0"]);
  const roster = (pool: string) => JSON.parse(sentTo(world, `demo-${pool}-reconcile`).ROSTER ?? "") as object;
  expect(roster("web")).toEqual([
    { id: "id-of-10.110.0.60", name: "web-0", availability: "active", labels: { tier: "web" } },
  ]);
  expect(roster("db")).toMatchObject([{ name: "db-0", availability: "pause", labels: {} }]);
});

test("a node's own settings go before its pool's", () => {
  const nodes = resolvePool(new Reader("demo"), "workers.web", "web", "worker", {
    count: 2,
    size: "s-2",
    labels: { tier: "web", disk: "hdd" },
    nodes: { "1": { size: "s-4", labels: { disk: "ssd" }, availability: "drain", image: "debian-12-x64" } },
  });
  expect(nodes).toEqual([
    {
      name: "web-0",
      role: "worker",
      pool: "web",
      index: 0,
      size: "s-2",
      image: "ubuntu-24-04-x64",
      labels: { tier: "web", disk: "hdd" },
      availability: "active",
    },
    {
      name: "web-1",
      role: "worker",
      pool: "web",
      index: 1,
      size: "s-4",
      image: "debian-12-x64",
      labels: { tier: "web", disk: "ssd" },
      availability: "drain",
    },
  ]);
  expect(indices(3, [0, 2, 9])).toEqual([1, 3, 4]);
});

describe("replacing a host changes what it must and nothing else", () => {
  test.each<[string, string[]]>([
    [
      "manager-0",
      [
        // The first three are frozen: see "what belongs to the bootstrap".
        "demo-bootstrap",
        "demo-manager-token",
        "demo-worker-token",
        "demo-control",
        // Nothing is run when it is made anew: the API is off.
        "demo-manager-0-docker-api",
        "demo-manager-0-join",
        "demo-manager-0-leave",
        "demo-manager-reconcile",
        "demo-web-reconcile",
      ],
    ],
    [
      "manager-1",
      [
        "demo-manager-0-join",
        "demo-manager-1-docker-api",
        "demo-manager-1-join",
        "demo-manager-1-leave",
        "demo-manager-reconcile",
      ],
    ],
    ["web-0", ["demo-web-0-join", "demo-web-0-leave", "demo-web-reconcile"]],
  ])("%s", async (node, names) => {
    const before = await makeCluster();
    const after = await makeCluster({}, { generations: { [`demo-${node}`]: 1 }, bornAt: "10.110.0.10:2377" });
    expect(changed(before, after)).toEqual([...names].sort());
    const triggers = (world: Recording, name: string) => world.get(name).inputs.triggers;
    for (const other of ["manager-0", "manager-1", "manager-2", "web-0", "web-1"])
      for (const name of [`demo-${other}-join`, `demo-${other}-leave`])
        expect([name, triggers(before, name) === undefined]).toEqual([name, false]);
    const replaced = before
      .commands()
      .map(one => one.name)
      .filter(name => JSON.stringify(triggers(before, name)) !== JSON.stringify(triggers(after, name)));
    const own = ["docker-api", "join", "leave"].map(what => `demo-${node}-${what}`);
    expect(replaced.sort()).toEqual(own.filter(name => names.includes(name)));
  });
});

/** Names of the resources that both have with different inputs. */
function changed(before: Recording, after: Recording): string[] {
  const key = ({ type, name }: { type: string; name: string }) => `${type} ${name}`;
  const old = new Map(before.resources.map(one => [key(one), JSON.stringify(one.inputs)]));
  return after.resources
    .filter(one => old.has(key(one)) && old.get(key(one)) !== JSON.stringify(one.inputs))
    .map(one => one.name)
    .sort();
}
