import { makeCluster } from "./cluster";
import { isSecret, valueOf } from "./mocks";
import { sentTo } from "./sent";

describe("the swarm's settings", () => {
  test("go with the managers, and have their defaults", async () => {
    const world = await makeCluster();
    expect(sentTo(world, "demo-manager-reconcile")).toMatchObject({
      CERT_HOURS: "2160",
      AUTOLOCK: "false",
      EXTERNAL_CAS: "",
    });
    expect(sentTo(world, "demo-web-reconcile")).not.toHaveProperty("CERT_HOURS");
  });

  test("are changed in place", async () => {
    const swarm = { certificateDays: 7, autolock: true, externalCas: ["https://a/", "https://b/"] };
    expect(sentTo(await makeCluster({ swarm }), "demo-manager-reconcile")).toMatchObject({
      CERT_HOURS: "168",
      AUTOLOCK: "true",
      EXTERNAL_CAS: "https://a/ https://b/",
    });
  });
});

describe("the unlock key", () => {
  test("is not there without autolock", async () => {
    const { list, cluster } = await makeCluster();
    expect(list()).not.toContain("Command demo-unlock-key");
    expect(cluster.unlockKey).toBeUndefined();
  });

  test("is a secret output, read when the swarm is locked", async () => {
    const world = await makeCluster(
      { swarm: { autolock: true, unlockKeyRotation: 3 } },
      { slow: ["demo-manager-reconcile"] },
    );
    const read = world.get("demo-unlock-key");
    expect(read.started).toBeGreaterThan(world.get("demo-manager-reconcile").finished);
    expect(read.inputs).toMatchObject({ logging: "none" });
    expect(sentTo(world, "demo-unlock-key").ROTATION).toBe("3");
    expect(read.additionalSecretOutputs).toContain("stdout");
    if (!world.cluster.unlockKey) throw new Error("there is no output");
    expect(await valueOf(world.cluster.unlockKey)).toBe("SWMKEY-1-demo");
    expect(await isSecret(world.cluster.unlockKey)).toBe(true);
  });
});

describe("a rotation of the root CA", () => {
  test("is not begun where nobody asks", async () => {
    const world = await makeCluster();
    const { inputs } = world.get("demo-ca-rotation");
    expect([inputs.create, inputs.delete]).toEqual([undefined, undefined]);
    expect(inputs.update).toMatch(/^timeout \d+ python3 -I -S - 'rotate-ca' 'root-ca'$/);
    expect(sentTo(world, "demo-ca-rotation").ROTATION).toBe("0");
  });

  test("comes before new tokens, with which nodes then join", async () => {
    const world = await makeCluster({ swarm: { caRotation: 1 } }, { slow: ["demo-ca-rotation"] });
    const ca = world.get("demo-ca-rotation");
    expect(sentTo(world, "demo-ca-rotation").ROTATION).toBe("1");
    expect(ca.inputs.create).toMatch(/^timeout \d+ python3 -I -S - 'rotate-ca' 'root-ca'$/);
    expect(ca.inputs.update).toBe(ca.inputs.create);
    for (const role of ["worker", "manager"]) {
      const token = world.get(`demo-${role}-token-rotated`);
      expect(token.started).toBeGreaterThan(ca.finished);
      expect(sentTo(world, token.name)).toMatchObject({ ROTATION: "0", CA_ROTATION: "1" });
    }
    expect(await valueOf(world.cluster.workerToken)).toBe("SWMTKN-1-second-demo-worker-token-rotated");
  });

  test("of a swarm that was born with it, is none: nothing waits for it", async () => {
    const world = await makeCluster({ swarm: { caRotation: 4 } }, { bootstrapped: { caRotation: 4 } });
    expect(world.get("demo-ca-rotation").inputs.create).toBeUndefined();
    expect(await valueOf(world.cluster.workerToken)).toBe("SWMTKN-1-first-demo-worker-token");
    for (const node of ["manager-0", "web-0"])
      expect(world.get(`demo-${node}-join`).dependencies.join()).not.toMatch(/rotat/);
  });
});
