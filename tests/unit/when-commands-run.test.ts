import type { SwarmClusterArgs } from "../../components";
import { makeCluster } from "./cluster";
import type { Recorded, Recording } from "./mocks";

const SSH = { sshFrom: ["192.0.2.7/32"] };
/** With all that makes Commands, or changes them. */
const EVERYTHING: Partial<SwarmClusterArgs> = {
  workers: { web: { count: 2, labels: { tier: "web" }, availability: "drain" }, db: { count: 1 } },
  firewall: { ...SSH, dockerApiFrom: ["192.0.2.0/24"] },
  dockerApi: { renewal: 1 },
  swarm: {
    workerTokenRotation: 1,
    managerTokenRotation: 1,
    caRotation: 1,
    autolock: true,
    unlockKeyRotation: 1,
    externalCas: ["https://ca.example.com/sign"],
    reconcile: "again",
    generation: 1,
  },
};
const CONTROL = "198.51.100.1";
const FIRST = "203.0.113.10";

const short = ({ name }: Recorded) => name.slice("demo-".length);
const hostOf = ({ inputs }: Recorded) => (inputs.connection as { host: string }).host;
/** Names of the Commands that run at this time. */
const at = (world: Recording, when: "create" | "update" | "delete") =>
  world
    .commands()
    .filter(({ inputs }) => inputs[when] !== undefined)
    .map(short)
    .sort();
const nodes = (world: Recording) =>
  world
    .commands()
    .map(short)
    .filter(name => name.endsWith("-join"))
    .map(name => name.slice(0, -"-join".length));

describe.each<[string, Partial<SwarmClusterArgs>, number]>([
  ["with everything on", EVERYTHING, 6],
  ["with everything off", {}, 5],
  ["with the least there can be", { managers: { count: 1 }, workers: {} }, 1],
])("%s", (_, args, count) => {
  test("nothing but `leave` runs at deletion, and at no other time", async () => {
    const world = await makeCluster(args);
    expect(nodes(world)).toHaveLength(count);
    expect(at(world, "delete")).toEqual(
      nodes(world)
        .map(node => `${node}-leave`)
        .sort(),
    );
    for (const leave of world.commands().filter(one => one.inputs.delete !== undefined)) {
      expect(leave.inputs.delete).toMatch(/^timeout \d+ python3 -I -S - 'leave' /);
      expect([leave.inputs.create, leave.inputs.update]).toEqual([undefined, undefined]);
    }
  });

  test("what runs at deletion dials the control address, and is tied to the cluster's tag", async () => {
    const world = await makeCluster(args);
    const deleted = world.commands().filter(({ inputs }) => inputs.delete !== undefined);
    expect(deleted.map(one => [short(one), hostOf(one), one.deletedWith])).toEqual(
      deleted.map(one => [short(one), CONTROL, "Tag demo"]),
    );
    const tied = world.resources.filter(one => one.deletedWith !== "" && !deleted.includes(one));
    expect(tied.map(one => [one.name, one.deletedWith])).toEqual([
      ["demo-control", "ReservedIp demo-control"],
    ]);
  });

  test("every Command runs at some time", async () => {
    const world = await makeCluster(args);
    const idle = world.commands().filter(({ inputs }) => !inputs.create && !inputs.update && !inputs.delete);
    expect(idle.map(short)).toEqual([]);
  });
});

test("a fresh cluster runs at once what makes it one, and keeps the rest for a change", async () => {
  const world = await makeCluster();
  expect(at(world, "create")).toEqual(
    [
      "bootstrap",
      "worker-token",
      "manager-token",
      "manager-reconcile",
      "web-reconcile",
      ...nodes(world).map(node => `${node}-join`),
    ].sort(),
  );
  expect(at(world, "update")).toEqual([
    "ca-rotation",
    "manager-0-docker-api",
    "manager-1-docker-api",
    "manager-2-docker-api",
    "manager-token-rotated",
    "members",
    "worker-token-rotated",
  ]);
});

test("what waits for a change has the same command line whenever it runs", async () => {
  const world = await makeCluster({ swarm: { caRotation: 1, workerTokenRotation: 1 } });
  for (const name of ["demo-ca-rotation", "demo-worker-token-rotated", "demo-manager-token-rotated"]) {
    const { create, update } = world.get(name).inputs;
    expect([name, create]).toEqual([name, update]);
    expect(update).toMatch(/^timeout \d+ python3 -I -S - 'rotate-/);
  }
});

test("nodes leave, tokens rotate and members are listed through the control address; the rest dials the node itself or the first manager", async () => {
  const world = await makeCluster({ managers: { count: 1 }, swarm: { autolock: true } });
  expect(Object.fromEntries(world.commands().map(one => [short(one), hostOf(one)]))).toEqual({
    bootstrap: FIRST,
    "ca-rotation": CONTROL,
    "worker-token": FIRST,
    "worker-token-rotated": CONTROL,
    "manager-token": FIRST,
    "manager-token-rotated": CONTROL,
    "unlock-key": CONTROL,
    members: CONTROL,
    "manager-0-join": FIRST,
    "manager-reconcile": FIRST,
    "manager-0-leave": CONTROL,
    "manager-0-docker-api": FIRST,
    "web-0-join": "203.0.113.60",
    "web-1-join": "203.0.113.61",
    "web-reconcile": FIRST,
    "web-0-leave": CONTROL,
    "web-1-leave": CONTROL,
  });
});
