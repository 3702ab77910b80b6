import { BOOTSTRAP, LABELS, REPORT } from "./bootstrap-input";
import { NO_LEADER, refuse } from "./engine-objects";
import { FakeHost, where } from "./fake-host";

const VARIABLES = BOOTSTRAP;
const inits = (host: FakeHost) => host.engine.changes.filter(change => change.startsWith("init"));

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
  expect(host.engine.changes).toEqual([
    "init --advertise-addr 10.110.0.10:2377 --listen-addr 0.0.0.0:2377 --data-path-port 4789 --default-addr-pool-mask-length 24 --default-addr-pool 10.192.0.0/11 --default-addr-pool 10.64.0.0/12",
    "update swarm Labels",
  ]);

  const second = await host.run("bootstrap", VARIABLES);
  expect(second).toEqual({ code: 0, stdout: first.stdout, stderr: "web-0: already in a swarm\n" });
  expect(host.engine.changes).toHaveLength(2);
});

describe("the rotations that the swarm was initialised with", () => {
  const report = (host: FakeHost, variables = REPORT) => host.run("report-swarm", variables);

  test("are kept in the swarm, which stays as it is otherwise", async () => {
    const host = new FakeHost().manager();
    const before = host.engine.swarm.Spec;
    expect(await report(host)).toMatchObject({ code: 0, stderr: "" });
    expect(host.engine.swarm.Spec).toEqual({ ...before, Labels: LABELS });
  });

  test("are those that the swarm has seen already, whatever is asked for now", async () => {
    const host = new FakeHost().manager();
    host.engine.swarm.Spec.Labels = { ...LABELS, mine: "1" };
    const { stdout } = await report(host, { ...REPORT, WORKER_ROTATION: 9, CA_ROTATION: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ workerRotation: 3, managerRotation: 0, caRotation: 2 });
    expect(host.engine.changes).toEqual([]);
  });

  test("are made up for by a run after one that was cut before it kept them", async () => {
    const host = new FakeHost().manager();
    expect((await host.run("bootstrap", VARIABLES)).code).toBe(0);
    expect(host.engine.swarm.Spec.Labels).toEqual(LABELS);
  });

  test("are kept when another writer was faster, or the leader was away for a moment", async () => {
    const host = new FakeHost().manager();
    host.engine.when(/^POST/, times => times === 1 && host.engine.swarm.Version.Index++);
    host.engine.when(/^GET/, times => (times === 2 ? NO_LEADER : undefined));
    expect((await report(host)).code).toBe(0);
    expect(host.engine.swarm.Spec.Labels).toEqual(LABELS);
  });
});

test("needs python3 of 3.9 or later, and says so before anything is done", async () => {
  const said =
    "web-0: error: a manager needs python3, 3.9 or newer, which this host (the-host) does not have: install it, then run the update again\n";
  const host = new FakeHost().uninstall("python3");
  expect(await host.run("bootstrap", VARIABLES)).toEqual({ code: 1, stdout: "", stderr: said });
  const old = new FakeHost();
  old.write(
    "bin/python3",
    `#!/bin/bash\n${where("python3")} -c "import sys; sys.version_info = (3, 8); \\$4"\n`,
  );
  expect(await old.run("bootstrap", VARIABLES)).toEqual({ code: 1, stdout: "", stderr: said });
  expect([...host.engine.changes, ...old.engine.changes]).toEqual([]);
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
    const host = new FakeHost().is({ state: "active", manager: false });
    const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /web-0: error: this host is in a swarm, but not as a manager: a swarm is not initialised/,
    );
    expect(inits(host)).toEqual([]);
  });

  test("over a locked swarm", async () => {
    const host = new FakeHost().is({ state: "locked" });
    const { code, stderr } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the engine's swarm state is locked: unlock it with 'docker swarm unlock'/);
    expect(inits(host)).toEqual([]);
  });

  test("while the engine looks for its swarm, which it then reports", async () => {
    const host = new FakeHost().manager().is({ state: "pending" });
    host.engine.when(/^docker info/, times => times === 2 && host.is({ state: "active" }));
    const { code, stdout } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ clusterId: "the-cluster" });
    expect(inits(host)).toEqual([]);
  });

  test("while its swarm has no leader, which it waits for", async () => {
    const host = new FakeHost().manager().is({ hasLeader: false });
    const { code, stdout, stderr } = await host.run("bootstrap", VARIABLES, { bounds: { WAIT_SECONDS: 1 } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/waited 1 s for the swarm to have a leader\n.*error: the swarm has no leader/);
    host.engine.when(/^docker info/, times => times === 2 && host.is({ hasLeader: true }));
    const again = await host.run("bootstrap", VARIABLES);
    expect(JSON.parse(again.stdout)).toMatchObject({ clusterId: "the-cluster" });
  });

  test("on an engine that stays in error", async () => {
    const host = new FakeHost().is({ state: "error" });
    const { code, stderr } = await host.run("bootstrap", VARIABLES, { bounds: { WAIT_SECONDS: 1 } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /waited 1 s for the engine to find its swarm again\n.*error: the engine's swarm state is error/,
    );
    expect(inits(host)).toEqual([]);
  });
});

test("a `swarm init` that fails says why and fails", async () => {
  const host = new FakeHost();
  host.engine.when(/^docker swarm init/, () => refuse("no such address"));
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
    const host = new FakeHost().is({ down: true });
    const { code, stderr } = await host.run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the Docker engine does not answer; see 'journalctl -u docker'/);
  });

  test("that has no docker at all", async () => {
    const { code, stderr } = await new FakeHost()
      .is({ down: true })
      .uninstall("docker")
      .run("bootstrap", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: there is no docker command/);
  });
});
