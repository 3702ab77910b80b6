import { SwarmCluster } from "../../components";
import { CLUSTER } from "./cluster";
import { quiet, startRecording } from "./mocks";
import { OUTPUTS } from "./output-names";
import { type Out, runProgram } from "./run-program";

const SECRETS = ["managerToken", "sshPrivateKey", "workerToken"];

describe("stack outputs", () => {
  let outputs: Record<string, Out> = {};
  beforeAll(async () => ({ outputs } = await runProgram(false)));

  test("are exactly these", () => {
    expect(Object.keys(outputs).sort()).toEqual(OUTPUTS);
  });

  test("are secret where they must be, and only there", () => {
    const secret = Object.keys(outputs).filter(key => outputs[key]?.secret);
    expect(secret.sort()).toEqual(SECRETS);
  });

  test("have these shapes and values", () => {
    const values = Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
    const node = (name: string, role: string, pool: string, last: number) => ({
      name,
      role,
      pool,
      dropletId: String(7000 + last),
      hostname: `swarm-${name}-0000000`,
      nodeId: `id-of-10.110.0.${last}`,
      publicAddress: `203.0.113.${last}`,
      privateAddress: `10.110.0.${last}`,
    });
    expect(values).toEqual({
      clusterId: "cluster0000000000000000000",
      managers: [0, 1, 2].map(i => node(`manager-${i}`, "manager", "manager", 10 + i)),
      workers: [0, 1].map(i => node(`web-${i}`, "worker", "web", 60 + i)),
      controlEndpoint: "198.51.100.1",
      workerToken: "SWMTKN-1-first-swarm-worker-token",
      managerToken: "SWMTKN-1-first-swarm-manager-token",
      sshUser: "root",
      sshPort: 22,
      sshPrivateKey: "PRIVATE-swarm-ssh\n",
      sshHostKey: "ssh-ed25519 PUBLIC-swarm-manager-host-key",
      dockerHost: "ssh://root@198.51.100.1",
      tag: "swarm-tag",
      firewallId: "swarm-id",
      vpcId: "the-default",
      vpcRange: "10.114.0.0/20",
    });
  });
});

test("a node's IPv6 address is given out where it has one", async () => {
  const { outputs } = await runProgram(false, {
    "digitalocean-swarm:workers": JSON.stringify({ web: { count: 2, nodes: { "1": { ipv6: true } } } }),
  });
  expect(outputs.workers?.value).toEqual([
    expect.not.objectContaining({ publicIpv6: expect.anything() as unknown }),
    expect.objectContaining({ publicIpv6: "2001:db8::61", publicAddress: "203.0.113.61" }),
  ]);
});

test("the unlock key and the Docker API are outputs where they are asked for, and secret", async () => {
  const { outputs } = await runProgram(false, {
    "digitalocean-swarm:firewall": JSON.stringify({ ...CLUSTER.firewall, dockerApiFrom: ["192.0.2.0/24"] }),
    "digitalocean-swarm:swarm": JSON.stringify({ autolock: true }),
  });
  expect(Object.keys(outputs).sort()).toEqual([...OUTPUTS, "dockerApi", "unlockKey"].sort());
  const secret = Object.keys(outputs).filter(key => outputs[key]?.secret);
  expect(secret.sort()).toEqual([...SECRETS, "dockerApi", "unlockKey"].sort());
});

test("nodes are given out when their pool is reconciled, not when they have joined", async () => {
  const world = await startRecording({ slow: ["demo-manager-reconcile", "demo-web-reconcile"] });
  const { managers, workers } = new SwarmCluster("demo", CLUSTER);
  const reconciled = () =>
    ["manager", "web"].filter(pool =>
      world.resources.some(({ name, finished }) => name === `demo-${pool}-reconcile` && finished < Infinity),
    );
  const seen: Record<string, unknown> = {};
  managers.apply(nodes => (seen.managers = [nodes.length, reconciled()]));
  workers.apply(nodes => (seen.workers = [nodes.length, reconciled()]));
  await quiet();
  expect(seen).toEqual({ managers: [3, ["manager"]], workers: [2, ["manager", "web"]] });
});

describe("in a preview, with everything still unknown", () => {
  test("the program runs through, makes the same resources and has the same outputs", async () => {
    const up = await runProgram(false);
    const preview = await runProgram(true);
    expect(preview.world.tree()).toEqual(up.world.tree());
    expect(Object.keys(preview.outputs).sort()).toEqual(OUTPUTS);
    expect(preview.outputs.clusterId).toMatchObject({ known: false });
    expect(preview.outputs.sshUser).toMatchObject({ known: true, value: "root" });
    for (const key of SECRETS) expect([key, preview.outputs[key]?.secret]).toEqual([key, true]);
  });

  test("what is known is shown: command lines and counts", async () => {
    const { world } = await runProgram(true);
    expect(world.get("swarm-web-1-join").inputs).toMatchObject({
      create: "timeout 1200 bash --norc -s 'join' 'web-1'",
      stdin: "<unknown>",
    });
  });
});
