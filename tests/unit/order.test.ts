import { makeCluster } from "./cluster";
import type { Recording } from "./mocks";

/** Every one of the resources `later` began after every one of `earlier` had ended. */
function expectOrder(world: Recording, earlier: RegExp, later: RegExp): void {
  const label = ({ type, name }: { type: string; name: string }) => `${type.split(":").at(-1) ?? ""} ${name}`;
  const first = world.resources.filter(one => earlier.test(label(one)));
  const second = world.resources.filter(one => later.test(label(one)));
  expect(first.length).toBeGreaterThan(0);
  expect(second.length).toBeGreaterThan(0);
  for (const one of first)
    for (const other of second)
      expect({
        earlier: label(one),
        later: label(other),
        inOrder: one.finished < other.started,
      }).toMatchObject({ inOrder: true });
}

// What must come first is made slow, so that whoever does not wait for it is ahead of it.
test.each<[string, string[], RegExp, RegExp]>([
  ["no droplet before the firewall", ["demo"], /^Firewall/, /^Droplet/],
  ["no bootstrap before its droplet", ["demo-manager-0"], /^Droplet demo-manager-0/, /bootstrap$/],
  ["no token before bootstrap", ["demo-bootstrap"], /bootstrap$/, /-token$/],
  ["no worker joins before the workers' token", ["demo-worker-token"], /worker-token$/, /web-\d-join$/],
  ["no manager joins before the token", ["demo-worker-token"], /worker-token$/, /manager-[12]-join$/],
  ["manager 0 waits for the managers' token", ["demo-manager-token"], /manager-token$/, /manager-0-join$/],
  [
    "no manager is promoted before it joined",
    ["demo-manager-2-join"],
    /manager-\d-join$/,
    /manager-reconcile$/,
  ],
  ["no worker is reconciled before it joined", ["demo-web-1-join"], /web-\d-join$/, /web-reconcile$/],
  [
    "nothing is reconciled before manager 0 joined",
    ["demo-manager-0-join"],
    /manager-0-join$/,
    /(web|manager)-reconcile$/,
  ],
  ["no reserved IP before the swarm is there", ["demo-bootstrap"], /bootstrap$/, /^ReservedIpAssignment/],
])("%s", async (_, slow, earlier, later) => {
  const world = await makeCluster({}, { slow });
  expectOrder(world, earlier, later);
});

test("a first manager that replaced another holds no reserved IP before it joined", async () => {
  const slow = ["demo-manager-0-join"];
  // It may well have the address of the one that the swarm was born on.
  const world = await makeCluster({}, { slow, bornOn: "demo-manager-0-old" });
  expectOrder(world, /manager-0-join$/, /^ReservedIpAssignment/);
});

test("on a new cluster the reserved IP waits for no join", async () => {
  const world = await makeCluster({}, { slow: ["demo-manager-0-join"] });
  const assignment = world.get("demo-control", "ReservedIpAssignment");
  expect(assignment.finished).toBeLessThan(world.get("demo-manager-0-join").finished);
});

test("the reserved IP's assignment holds nothing up on a new cluster", async () => {
  const world = await makeCluster({}, { slow: ["demo-control"] });
  const assignment = world.get("demo-control", "ReservedIpAssignment");
  for (const one of world.commands())
    expect([one.name, one.dependencies.includes("ReservedIpAssignment demo-control")]).toEqual([
      one.name,
      false,
    ]);
  for (const name of ["demo-manager-reconcile", "demo-web-reconcile"])
    expect(world.get(name).finished).toBeLessThan(assignment.finished);
});

test("a slow worker does not hold the managers up", async () => {
  const world = await makeCluster({}, { slow: ["demo-web-1"] });
  expect(world.get("demo-manager-reconcile").finished).toBeLessThan(world.get("demo-web-1-join").started);
});

test("nodes join side by side", async () => {
  const joins = ["manager-1", "manager-2", "web-0", "web-1"].map(node => `demo-${node}-join`);
  const world = await makeCluster({}, { slow: joins });
  const found = joins.map(name => world.get(name));
  expect(Math.max(...found.map(one => one.started))).toBeLessThan(
    Math.min(...found.map(one => one.finished)),
  );
});
