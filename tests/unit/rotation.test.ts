import { makeCluster } from "./cluster";
import { isSecret, type Recording, valueOf } from "./mocks";
import { sentTo, tokenOf as joinsWith } from "./sent";

const tokenOf = (world: Recording, node: string) => joinsWith(world, `demo-${node}-join`);
const FIRST = { worker: "SWMTKN-1-first-demo-worker-token", manager: "SWMTKN-1-first-demo-manager-token" };
const SECOND = {
  worker: "SWMTKN-1-second-demo-worker-token-rotated",
  manager: "SWMTKN-1-second-demo-manager-token-rotated",
};

test("without a rotation nothing is rotated: nodes join with the first tokens", async () => {
  const world = await makeCluster();
  for (const role of ["worker", "manager"] as const) {
    const { create, update } = world.get(`demo-${role}-token-rotated`).inputs;
    expect([role, create]).toEqual([role, undefined]);
    expect(update).toMatch(/^timeout \d+ python3 -I -S - 'rotate-token' /);
    expect(sentTo(world, `demo-${role}-token-rotated`)).toMatchObject({
      ROLE: role,
      ROTATION: "0",
      CA_ROTATION: "0",
    });
  }
  expect(tokenOf(world, "web-0")).toBe(FIRST.worker);
  // Managers join as workers and are promoted one by one; only the first, which may be the only one, needs the other.
  expect(tokenOf(world, "manager-1")).toBe(FIRST.worker);
  expect(tokenOf(world, "manager-0")).toBe(FIRST.manager);
  expect(await valueOf(world.cluster.workerToken)).toBe(FIRST.worker);
});

test("a cluster born with a rotation uses its first tokens, and waits for no other", async () => {
  const rotation = { workerTokenRotation: 3, managerTokenRotation: 4 };
  const world = await makeCluster(
    { swarm: rotation },
    {
      bootstrapped: { workerRotation: 3, managerRotation: 4 },
      slow: ["demo-worker-token-rotated", "demo-manager-token-rotated"],
    },
  );
  expect(tokenOf(world, "web-0")).toBe(FIRST.worker);
  expect(tokenOf(world, "manager-0")).toBe(FIRST.manager);
  const rotated = Math.min(
    ...["worker", "manager"].map(role => world.get(`demo-${role}-token-rotated`).finished),
  );
  for (const node of ["manager-0", "manager-1", "manager-2", "web-0", "web-1"]) {
    expect(world.get(`demo-${node}-join`).started).toBeLessThan(rotated);
    expect(world.get(`demo-${node}-join`).dependencies.join()).not.toContain("rotated");
  }
});

test.each(["worker", "manager"] as const)(
  "after a rotation of the %s token, joins take the new one",
  async role => {
    const other = role === "worker" ? "manager" : "worker";
    const world = await makeCluster({ swarm: { [`${role}TokenRotation`]: 1 } });
    const rotated = world.get(`demo-${role}-token-rotated`);
    // Run again in place.
    expect(rotated.inputs.triggers).toBeUndefined();
    expect(rotated.inputs.create).toMatch(/^timeout \d+ python3 -I -S - 'rotate-token' /);
    expect(rotated.inputs.update).toBe(rotated.inputs.create);
    expect(rotated.inputs.delete).toBeUndefined();
    expect(rotated.ignoreChanges).toEqual([]);
    expect(sentTo(world, `demo-${role}-token-rotated`)).toMatchObject({ ROLE: role, ROTATION: "1" });
    expect(rotated.additionalSecretOutputs).toContain("stdout");
    expect((rotated.inputs.connection as { host: string }).host).toBe("198.51.100.1");
    expect(tokenOf(world, role === "worker" ? "web-0" : "manager-0")).toBe(SECOND[role]);
    expect(tokenOf(world, role === "worker" ? "manager-0" : "web-0")).toBe(FIRST[other]);
    expect(world.get(`demo-${other}-token-rotated`).inputs.create).toBeUndefined();
    const output = role === "worker" ? world.cluster.workerToken : world.cluster.managerToken;
    expect(await valueOf(output)).toBe(SECOND[role]);
    expect(await isSecret(output)).toBe(true);
  },
);

test("a later rotation runs again, and joins change with the token alone", async () => {
  const one = await makeCluster({ swarm: { workerTokenRotation: 1 } });
  const two = await makeCluster(
    { swarm: { workerTokenRotation: 2 } },
    { bootstrapped: { workerRotation: 1 } },
  );
  const rotation = (world: Recording) => sentTo(world, "demo-worker-token-rotated").ROTATION;
  expect([rotation(one), rotation(two)]).toEqual(["1", "2"]);
  expect(two.get("demo-web-0-join").inputs.triggers).toEqual(one.get("demo-web-0-join").inputs.triggers);
});
