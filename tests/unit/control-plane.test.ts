import { makeCluster } from "./cluster";
import { isSecret, valueOf } from "./mocks";

describe("the swarm's settings", () => {
  test("go with the managers, and have their defaults", async () => {
    const world = await makeCluster();
    const stdin = String(world.get("demo-manager-settle").inputs.stdin);
    expect(stdin).toContain("CERT_HOURS='2160'\nAUTOLOCK='false'\nEXTERNAL_CAS=''");
    expect(world.get("demo-web-settle").inputs.stdin).not.toContain("CERT_HOURS=");
  });

  test("are changed in place", async () => {
    const swarm = { certificateDays: 7, autolock: true, externalCas: ["https://a/", "https://b/"] };
    const stdin = String((await makeCluster({ swarm })).get("demo-manager-settle").inputs.stdin);
    expect(stdin).toContain("CERT_HOURS='168'\nAUTOLOCK='true'\nEXTERNAL_CAS='https://a/ https://b/'");
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
      { slow: ["demo-manager-settle"] },
    );
    const read = world.get("demo-unlock-key");
    expect(read.started).toBeGreaterThan(world.get("demo-manager-settle").finished);
    expect(read.inputs).toMatchObject({ logging: "none" });
    expect(read.inputs.stdin).toContain("\nROTATION='3'\n");
    expect(read.additionalSecretOutputs).toContain("stdout");
    if (!world.cluster.unlockKey) throw new Error("there is no output");
    expect(await valueOf(world.cluster.unlockKey)).toBe("SWMKEY-1-demo");
    expect(await isSecret(world.cluster.unlockKey)).toBe(true);
  });
});

describe("a rotation of the root CA", () => {
  test("is not begun where nobody asks", async () => {
    const { inputs } = (await makeCluster()).get("demo-ca-rotation");
    expect([inputs.create, inputs.delete]).toEqual([undefined, undefined]);
    expect(inputs.update).toMatch(/^timeout \d+ bash --norc -s rotate-ca root-ca$/);
    expect(inputs.stdin).toContain("ROTATION='0'\nBORN='0'\nFIRST='SWMTKN-1-first-demo-worker-token'");
  });

  test("comes before new tokens, with which nodes then join", async () => {
    const world = await makeCluster({ swarm: { caRotation: 1 } }, { slow: ["demo-ca-rotation"] });
    const ca = world.get("demo-ca-rotation");
    expect(ca.inputs.stdin).toContain("ROTATION='1'\nBORN='0'");
    expect(ca.inputs.create).toMatch(/^timeout \d+ bash --norc -s rotate-ca root-ca$/);
    expect(ca.inputs.update).toBe(ca.inputs.create);
    for (const role of ["worker", "manager"]) {
      const token = world.get(`demo-${role}-token-rotated`);
      expect(token.started).toBeGreaterThan(ca.finished);
      expect(token.inputs.stdin).toContain("ROTATION='0.1'\nFIRST=''");
    }
    expect(await valueOf(world.cluster.workerToken)).toBe("SWMTKN-1-second-demo-worker-token-rotated");
  });

  test("of a swarm that was born with it, is none: nothing waits for it", async () => {
    const world = await makeCluster({ swarm: { caRotation: 4 } }, { birth: { caRotation: 4 } });
    expect(world.get("demo-ca-rotation").inputs.create).toBeUndefined();
    expect(world.get("demo-worker-token-rotated").inputs.stdin).toContain(
      "FIRST='SWMTKN-1-first-demo-worker-token'",
    );
    expect(await valueOf(world.cluster.workerToken)).toBe("SWMTKN-1-first-demo-worker-token");
    for (const node of ["manager-0", "web-0"])
      expect(world.get(`demo-${node}-join`).dependencies.join()).not.toMatch(/rotat/);
  });
});
