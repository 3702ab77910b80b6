import { FakeHost } from "./fake-host";

const VARIABLES = {
  ADVERTISE: "10.110.0.10:2377",
  LISTEN: "0.0.0.0:2377",
  DATA_PATH: "",
  DATA_PATH_PORT: 4789,
  POOLS: "10.192.0.0/11 10.64.0.0/12",
  POOL_SIZE: 24,
  HOST: "manager-0-a",
  WORKER_ROTATION: 3,
  MANAGER_ROTATION: 0,
  CA_ROTATION: 2,
  BOOT_SECONDS: 1,
  GENERATION: 0,
  OTHERS: "",
};
const inits = (host: FakeHost) => host.calls().filter(call => call.startsWith("docker swarm init"));

test("initialises an inactive engine, once, and reports the swarm as one line of JSON", async () => {
  const host = new FakeHost();
  const first = await host.run("bootstrap", VARIABLES);
  expect(first).toMatchObject({ code: 0, stderr: "web-0: initialised the swarm\n" });
  expect(first.stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(first.stdout)).toEqual({
    clusterId: "born-cluster",
    hostname: "manager-0-a",
    address: "10.110.0.10:2377",
    workerRotation: 3,
    managerRotation: 0,
    caRotation: 2,
  });
  expect(host.changes()).toEqual([
    "docker swarm init --advertise-addr 10.110.0.10:2377 --listen-addr 0.0.0.0:2377 --data-path-port 4789 --default-addr-pool-mask-length 24 --default-addr-pool 10.192.0.0/11 --default-addr-pool 10.64.0.0/12",
  ]);

  const second = await host.run("bootstrap", VARIABLES);
  expect(second).toEqual({ code: 0, stdout: first.stdout, stderr: "web-0: already in a swarm\n" });
  expect(inits(host)).toHaveLength(1);
});

test("the token that `swarm init` prints goes nowhere", async () => {
  const { stdout, stderr } = await new FakeHost().run("bootstrap", VARIABLES);
  expect(stdout + stderr).not.toContain("SWMTKN");
});

test("an address for containers' traffic is passed on", async () => {
  const host = new FakeHost();
  await host.run("bootstrap", { ...VARIABLES, DATA_PATH: "203.0.113.1" });
  expect(inits(host)[0]).toMatch(/ --data-path-addr 203\.0\.113\.1$/);
});

describe("never initialises", () => {
  test("with address pools that overlap the host's VPC", async () => {
    const host = new FakeHost().routes({ eth1: "10.70.0.0/20" });
    const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: the address pool 10\.64\.0\.0\/12 overlaps 10\.70\.0\.0\/20, which this host/,
    );
    expect(inits(host)).toEqual([]);
    // What is there already stays: pools are decided once.
    expect((await host.manager().run("bootstrap", VARIABLES)).code).toBe(0);
  });

  test("over a membership as worker", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "active", ControlAvailable: "false" });
    const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /web-0: error: this host is in a swarm, but not as a manager: a swarm is not initialised/,
    );
    expect(inits(host)).toEqual([]);
  });

  test("over a locked swarm", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "locked" });
    const { code, stderr } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the engine's swarm state is locked: unlock it with 'docker swarm unlock'/);
    expect(inits(host)).toEqual([]);
  });

  test("while the engine looks for its swarm, which it then reports", async () => {
    const host = new FakeHost().manager().engine({ LocalNodeState: "pending" });
    host.rules(`[[ $* != *LocalNodeState* ]] || once look || printf active >"$FAKE/engine/LocalNodeState"`);
    const { code, stdout } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ clusterId: "the-cluster" });
    expect(inits(host)).toEqual([]);
  });

  test("while its swarm has no leader, which it waits for", async () => {
    const host = new FakeHost().manager().write("no-leader", "");
    const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES, { hurry: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/waited 1 s for the swarm to have a leader\n.*error: the swarm has no leader/);
    host.rules(`[[ $* != *LocalNodeState* ]] || ! once look || rm -f "$FAKE/no-leader"`);
    const again = await host.run("bootstrap", VARIABLES);
    expect(JSON.parse(again.stdout)).toMatchObject({ clusterId: "the-cluster" });
  });

  test("on an engine that stays in error", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "error" });
    const { code, stderr } = await host.run("bootstrap", VARIABLES, { hurry: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for the engine to find its swarm again\n.*error: the engine's swarm state is error/,
    );
    expect(inits(host)).toEqual([]);
  });
});

test("a `swarm init` that fails says why and fails", async () => {
  const host = new FakeHost().rules(`[[ $* != "swarm init"* ]] || refuse "no such address"`);
  const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES);
  expect(code).not.toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/no such address/);
});

describe("waits for the host", () => {
  test("that is prepared", async () => {
    const host = new FakeHost().write("marker", "ok\n").install("cloud-init");
    expect((await host.run("bootstrap", VARIABLES)).code).toBe(0);
  });

  test("and gives the reason when its preparation failed, at once", async () => {
    const host = new FakeHost().write("marker", "while installing: no space left\n");
    const { code, stderr } = await host.run("bootstrap", { ...VARIABLES, BOOT_SECONDS: 15 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the host's preparation failed: while installing: no space left \(log: /);
    expect(inits(host)).toEqual([]);
  });

  test("whose cloud-init is not done yet, as long as it may take", async () => {
    const host = new FakeHost().install("cloud-init");
    const { code, stderr } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/waited 1 s for cloud-init and the Docker engine/);
    expect(inits(host)).toEqual([]);
    host.write("boot-finished", "");
    expect((await host.run("bootstrap", VARIABLES)).code).toBe(0);
  });

  test("whose engine does not answer", async () => {
    const host = new FakeHost().engine({ down: "" });
    const { code, stderr } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the Docker engine does not answer; see 'journalctl -u docker'/);
  });

  test("that has no docker at all", async () => {
    const { code, stderr } = await new FakeHost()
      .engine({ down: "" })
      .uninstall("docker")
      .run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: there is no docker command/);
  });
});
