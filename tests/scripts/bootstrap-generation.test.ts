import { BOOTSTRAP, LABELS } from "./bootstrap-input";
import { refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { listen, nobody } from "./machine";

const FORCED = "init --force-new-cluster --advertise-addr 10.110.0.10:2377 --listen-addr 0.0.0.0:2377";
const bootstrap = (host: FakeHost, more: Partial<typeof BOOTSTRAP> = {}, WAIT_SECONDS = 60) =>
  host.run(
    "bootstrap",
    { ...BOOTSTRAP, GENERATION: 2, ...more },
    { bounds: { WAIT_SECONDS }, node: "manager-0" },
  );
const clusterIn = (stdout: string) => (JSON.parse(stdout) as { clusterId: string }).clusterId;
const steps = (host: FakeHost) => host.engine.changes.map(change => change.split(" ").slice(0, 2).join(" "));

/** A manager of a swarm that an earlier run has initialised. */
function initialised(): FakeHost {
  const host = new FakeHost().manager("the-cluster");
  host.engine.swarm.Spec.Labels = LABELS;
  return host;
}
/** One whose swarm has lost its quorum. */
const stranded = () => initialised().is({ hasLeader: false });
/** A worker of a swarm whose managers are gone. */
const worker = () => new FakeHost().is({ state: "active", manager: false, nodeId: "a-worker" });

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
    expect(host.engine.changes).toEqual([]);
    expect(host.read("membership")).toBe("");
  });
});

describe("a later generation, on a host whose join to the lost swarm did not end", () => {
  test.each(["pending", "error"] as const)("leaves it first, and is a new swarm: %s", async state => {
    const host = new FakeHost().is({ state, manager: false });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":true}`);
    expect(await bootstrap(host)).toMatchObject({ code: 0 });
    expect(steps(host)).toEqual(["leave", "init --advertise-addr", "update swarm"]);
  });
});

describe("a later generation, on a worker of a lost swarm", () => {
  test("leaves it first, and is a new swarm", async () => {
    const host = worker();
    const { code, stdout } = await bootstrap(host);
    expect({ code, cluster: clusterIn(stdout) }).toEqual({ code: 0, cluster: "born-cluster" });
    expect(steps(host)).toEqual(["leave", "init --advertise-addr", "update swarm"]);
    expect(host.read("membership")).toBe("2\n");
  });

  test("stays in it while another manager's port answers", async () => {
    const host = worker();
    const peer = await listen();
    const { code, stderr } = await bootstrap(host, { OTHERS: `manager-1 ${peer.address}` });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: a new swarm is not initialised while manager-1 still serves one/);
    expect(host.engine.changes).toEqual([]);
  });
});

describe("a later generation, on a manager", () => {
  test("whose swarm has no leader goes on as its only manager, and the cluster is kept", async () => {
    const host = stranded();
    const peer = await listen();
    // Another one without a quorum listens all the same.
    const { code, stdout, stderr } = await bootstrap(host, { OTHERS: `manager-1 ${peer.address}` }, 1);
    await peer.close();
    expect(code).toBe(0);
    expect(clusterIn(stdout)).toBe("the-cluster");
    expect(stderr).toBe(
      "manager-0: already in a swarm\nmanager-0: waited 1 s for the swarm to have a leader\nmanager-0: goes on as the swarm's only manager\n",
    );
    expect(host.engine.changes).toEqual([FORCED]);
    expect(host.read("membership")).toBe("2\n");
  });

  test("whose swarm gets a leader meanwhile is reported as it is", async () => {
    const host = stranded();
    host.engine.when(/^docker info/, times => times === 2 && host.is({ hasLeader: true }));
    const { code, stdout } = await bootstrap(host);
    expect({ code, cluster: clusterIn(stdout) }).toEqual({ code: 0, cluster: "the-cluster" });
    expect(host.engine.changes).toEqual([]);
  });

  test("whose swarm can go on is reported as it is, and notes the generation", async () => {
    const host = initialised().write("membership", "1 again\n");
    const { code, stdout, stderr } = await bootstrap(host);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "manager-0: already in a swarm\n" });
    expect(clusterIn(stdout)).toBe("the-cluster");
    expect(host.engine.changes).toEqual([]);
    expect(host.read("membership")).toBe("2\n");
  });

  test.each(["pending", "error"] as const)(
    "whose engine does not find its swarm (%s) goes on, too",
    async state => {
      const host = stranded().is({ state });
      const { code, stdout, stderr } = await bootstrap(host, {}, 1);
      expect(code).toBe(0);
      expect(clusterIn(stdout)).toBe("the-cluster");
      expect(stderr).toMatch(/waited 1 s for the engine to find its swarm again\n/);
      expect(host.engine.changes).toEqual([FORCED]);
    },
  );

  test("that is locked is not touched", async () => {
    const host = stranded().is({ state: "locked" });
    const { code, stderr } = await bootstrap(host);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the engine's swarm state is locked/);
    expect(host.engine.changes).toEqual([]);
  });

  test("that cannot be made the only one says why, and nothing is noted", async () => {
    const host = stranded();
    host.engine.when(/--force-new-cluster/, () => refuse("the logs are damaged"));
    const { code, stdout, stderr } = await bootstrap(host, {}, 1);
    expect(code).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/the logs are damaged/);
    expect(host.read("membership")).toBe("");
    const still = stranded();
    still.engine.when(/^GET \/swarm|^HEAD/, () => still.is({ hasLeader: false }));
    const outcome = await bootstrap(still, {}, 1);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(
      /error: the swarm has no leader; see 'journalctl -u docker' on the host\n$/,
    );
  });
});

describe("the first generation", () => {
  test("on a manager without a leader fails with the way out, and leaves the swarm as it is", async () => {
    const host = stranded();
    const { code, stdout, stderr } = await bootstrap(host, { GENERATION: 0 }, 1);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the swarm has no leader; .* If the other managers are gone for good, raise swarm.generation by one\n$/,
    );
    expect(host.engine.changes).toEqual([]);
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
    expect(host.engine.changes).toEqual([]);
  });
});
