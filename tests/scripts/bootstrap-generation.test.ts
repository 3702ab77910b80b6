import { FakeHost } from "./fake-host";
import { listen, nobody } from "./loopback";

const VARIABLES = {
  ADVERTISE: "10.110.0.10:2377",
  LISTEN: "0.0.0.0:2377",
  DATA_PATH: "",
  DATA_PATH_PORT: 4789,
  POOLS: "10.192.0.0/11",
  POOL_SIZE: 24,
  HOST: "manager-0-a",
  WORKER_ROTATION: 0,
  MANAGER_ROTATION: 0,
  CA_ROTATION: 0,
  BOOT_SECONDS: 1,
  GENERATION: 2,
  OTHERS: "",
};
const FORCED =
  "docker swarm init --force-new-cluster --advertise-addr 10.110.0.10:2377 --listen-addr 0.0.0.0:2377";
const bootstrap = (
  host: FakeHost,
  more: Partial<Record<keyof typeof VARIABLES, string | number>> = {},
  hurry = false,
) => host.run("bootstrap", { ...VARIABLES, ...more }, { hurry, node: "manager-0" });
const clusterIn = (stdout: string) => (JSON.parse(stdout) as { clusterId: string }).clusterId;
const steps = (host: FakeHost) => host.changes().map(call => call.split(" ").slice(0, 4).join(" "));

/** A manager whose swarm has lost its quorum. */
const stranded = () => new FakeHost().manager("the-cluster").write("no-leader", "");
/** A worker of a swarm whose managers are gone. */
const worker = () =>
  new FakeHost().engine({ LocalNodeState: "active", ControlAvailable: "false", NodeID: "a-worker" });

describe("a later generation, on a host that is in no swarm", () => {
  test("is a new swarm, and the host notes its generation", async () => {
    const host = new FakeHost();
    const { code, stdout, stderr } = await bootstrap(host);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "manager-0: initialised the swarm\n" });
    expect(clusterIn(stdout)).toBe("born-cluster");
    expect(host.read("membership")).toBe("2\n");
  });

  test("is a new swarm where nobody answers at the other managers' addresses", async () => {
    const host = new FakeHost();
    const OTHERS = `manager-1 ${await nobody()}\nmanager-2 ${await nobody()}`;
    expect(await bootstrap(host, { OTHERS })).toMatchObject({ code: 0 });
  });

  test.each([0, 1])("is refused while another manager's port answers, which is named: %i", async which => {
    const host = new FakeHost();
    const [peer, dead] = [await listen(), await nobody()];
    const addresses = which === 0 ? [peer.address, dead] : [dead, peer.address];
    const OTHERS = addresses.map((address, i) => `manager-${i + 1} ${address}`).join("\n");
    const { code, stdout, stderr } = await bootstrap(host, { OTHERS });
    await peer.close();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      `error: a new swarm is not initialised while manager-${which + 1} still serves one at ${peer.address}. To go on`,
    );
    expect(host.changes()).toEqual([]);
    expect(host.read("membership")).toBe("");
  });
});

describe("a later generation, on a host whose join to the lost swarm did not end", () => {
  test.each(["pending", "error"])("leaves it first, and is a new swarm: %s", async LocalNodeState => {
    const host = new FakeHost().engine({ LocalNodeState, ControlAvailable: "false" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":true}`);
    expect(await bootstrap(host)).toMatchObject({ code: 0 });
    expect(steps(host)).toEqual(["docker swarm leave --force", "docker swarm init --advertise-addr"]);
  });
});

describe("a later generation, on a worker of a lost swarm", () => {
  test("leaves it first, and is a new swarm", async () => {
    const host = worker();
    const { code, stdout } = await bootstrap(host);
    expect({ code, cluster: clusterIn(stdout) }).toEqual({ code: 0, cluster: "born-cluster" });
    expect(steps(host)).toEqual(["docker swarm leave --force", "docker swarm init --advertise-addr"]);
    expect(host.read("membership")).toBe("2\n");
  });

  test("stays in it while another manager's port answers", async () => {
    const host = worker();
    const peer = await listen();
    const { code, stderr } = await bootstrap(host, { OTHERS: `manager-1 ${peer.address}` });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: a new swarm is not initialised while manager-1 still serves one/);
    expect(host.changes()).toEqual([]);
  });
});

describe("a later generation, on a manager", () => {
  test("whose swarm has no leader goes on as its only manager, and the cluster is kept", async () => {
    const host = stranded();
    const peer = await listen();
    // Another one without a quorum listens all the same.
    const { code, stdout, stderr } = await bootstrap(host, { OTHERS: `manager-1 ${peer.address}` }, true);
    await peer.close();
    expect(code).toBe(0);
    expect(clusterIn(stdout)).toBe("the-cluster");
    expect(stderr).toBe(
      "manager-0: already in a swarm\nmanager-0: waited 1 s for the swarm to have a leader\nmanager-0: goes on as the swarm's only manager\n",
    );
    expect(host.changes()).toEqual([FORCED]);
    expect(host.read("membership")).toBe("2\n");
  });

  test("whose swarm gets a leader meanwhile is reported as it is", async () => {
    const host = stranded();
    host.rules(`[[ $* != *LocalNodeState* ]] || once look || rm -f "$FAKE/no-leader"`);
    const { code, stdout } = await bootstrap(host);
    expect({ code, cluster: clusterIn(stdout) }).toEqual({ code: 0, cluster: "the-cluster" });
    expect(host.changes()).toEqual([]);
  });

  test("whose swarm can go on is reported as it is, and notes the generation", async () => {
    const host = new FakeHost().manager("the-cluster").write("membership", "1 again\n");
    const { code, stdout, stderr } = await bootstrap(host);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "manager-0: already in a swarm\n" });
    expect(clusterIn(stdout)).toBe("the-cluster");
    expect(host.changes()).toEqual([]);
    expect(host.read("membership")).toBe("2\n");
  });

  test.each(["pending", "error"])("whose engine does not find its swarm (%s) goes on, too", async state => {
    const host = stranded().engine({ LocalNodeState: state });
    const { code, stdout, stderr } = await bootstrap(host, {}, true);
    expect(code).toBe(0);
    expect(clusterIn(stdout)).toBe("the-cluster");
    expect(stderr).toMatch(/waited 1 s for the engine to find its swarm again\n/);
    expect(host.changes()).toEqual([FORCED]);
  });

  test("that is locked is not touched", async () => {
    const host = stranded().engine({ LocalNodeState: "locked" });
    const { code, stderr } = await bootstrap(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the engine's swarm state is locked/);
    expect(host.changes()).toEqual([]);
  });

  test("that cannot be made the only one says why, and nothing is noted", async () => {
    const host = stranded().rules(`[[ $* != *--force-new-cluster* ]] || refuse "the logs are damaged"`);
    const { code, stdout, stderr } = await bootstrap(host, {}, true);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/the logs are damaged/);
    expect(host.read("membership")).toBe("");
    const still = stranded().rules(`[[ $* != *--force-new-cluster* ]] || exit 0`);
    const outcome = await bootstrap(still, {}, true);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /error: the swarm has no leader; see 'journalctl -u docker' on the host\n$/,
    );
  });
});

describe("the first generation", () => {
  test("on a manager without a leader fails with the way out, and leaves the swarm as it is", async () => {
    const host = stranded();
    const { code, stdout, stderr } = await bootstrap(host, { GENERATION: 0 }, true);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the swarm has no leader; .* If the other managers are gone for good, raise swarm.generation by one\n$/,
    );
    expect(host.changes()).toEqual([]);
  });

  test("asks no other manager, and is noted", async () => {
    const host = new FakeHost();
    const peer = await listen();
    expect(await bootstrap(host, { GENERATION: 0, OTHERS: `manager-1 ${peer.address}` })).toMatchObject({
      code: 0,
    });
    await peer.close();
    expect(host.read("membership")).toBe("0\n");
  });

  test("never takes a worker out of its swarm", async () => {
    const host = worker();
    expect(await bootstrap(host, { GENERATION: 0 })).toMatchObject({ code: 1 });
    expect(host.changes()).toEqual([]);
  });
});
