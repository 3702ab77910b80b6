import { NO_LEADER, refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { JOIN, joins, TOKEN } from "./join-input";
import { listen, nobody } from "./machine";

const VARIABLES = JOIN;
const joined = (host: FakeHost) => host.calls().filter(call => /^curl .*swarm\/join$/.test(call));

describe("an inactive host", () => {
  test("joins through the peer that answers, and reports its node ID", async () => {
    const host = new FakeHost();
    const peer = await listen();
    const outcome = await host.run("join", { ...VARIABLES, JOINS: joins(peer.address) });
    await peer.close();
    expect(outcome).toEqual({
      code: 0,
      stdout: "joined-node\n",
      stderr: `web-0: joining through ${peer.address}\n`,
    });
    expect(host.engine.joins.map(body => JSON.parse(body) as unknown)).toEqual([
      { RemoteAddrs: [peer.address], JoinToken: TOKEN },
    ]);
    expect(joined(host)).toHaveLength(1);
    // `docker info` costs the engine more than all else that a join asks of it.
    expect(host.calls().filter(call => call.startsWith("docker info"))).toHaveLength(1);
  });

  test("joins where the engine is too old to tell its state when pinged", async () => {
    const host = new FakeHost().is({ old: true });
    const peer = await listen();
    const { code, stdout } = await host.run("join", { ...VARIABLES, JOINS: joins(peer.address) });
    await peer.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "joined-node\n" });
  });

  test("passes a dead first peer by", async () => {
    const host = new FakeHost();
    const [dead, peer] = [await nobody(), await listen()];
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOINS: joins(dead, peer.address) });
    await peer.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: `web-0: joining through ${peer.address}\n` });
  });

  test("tries the next peer when one refuses, and says why it was refused", async () => {
    const host = new FakeHost();
    const [one, other] = [await listen(), await listen()];
    host.engine.when(/join$/, times => (times === 1 ? refuse("node is no manager", 503) : undefined));
    const { code, stderr } = await host.run("join", {
      ...VARIABLES,
      JOINS: joins(one.address, other.address),
    });
    await Promise.all([one.close(), other.close()]);
    expect(code).toBe(0);
    expect(stderr).toBe(
      `web-0: joining through ${one.address}\nweb-0: {"message":"node is no manager"}\nweb-0: joining through ${other.address}\n`,
    );
  });

  test("gives up in time when no peer answers, and names them", async () => {
    const host = new FakeHost();
    const dead = [await nobody(), await nobody()];
    const JOINS = joins(...dead);
    const { code, stdout, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1, JOINS });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `web-0: error: could not join within 1 s: no manager of swarm the-cluster answered at: ${dead.join(" ")}; if they are gone for good, raise swarm.generation by one\n`,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("names the way out when the swarm has no leader, and does not get one", async () => {
    const host = new FakeHost().is({ joinAnswer: NO_LEADER });
    const peer = await listen();
    const JOINS = joins(peer.address);
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1, JOINS });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /could not join within 1 s, as more than half of the managers do not answer: bring them back; if they are gone for good, raise swarm\.generation by one \(.*not have a leader/,
    );
  });

  test("gives up in time when every peer refuses, with the last reason", async () => {
    const host = new FakeHost().is({ joinAnswer: refuse("rpc error: no route", 503) });
    const peer = await listen();
    const { code, stderr } = await host.run("join", {
      ...VARIABLES,
      JOIN_SECONDS: 1,
      JOINS: joins(peer.address),
    });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: could not join within 1 s: \{"message":"rpc error: no route"\}\n$/);
  });

  test("says at once that the token is no longer valid", async () => {
    const host = new FakeHost().is({ joinAnswer: refuse("invalid join token", 400) });
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOINS: joins(peer.address) });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the swarm refused the join token: .*Raise the token's rotation by one/);
    expect(joined(host)).toHaveLength(1);
  });

  test("waits for a join that goes on in the background, and does not start a second", async () => {
    const host = new FakeHost();
    host.engine.when(/join$/, () => {
      host.is({ state: "pending" });
      return refuse("Timeout was reached before node joined.");
    });
    host.engine.when(/^docker info/, times => {
      if (times === 3) host.is({ state: "active", nodeId: "late-node" });
    });
    const peer = await listen();
    const { code, stdout, stderr } = await host.run("join", { ...VARIABLES, JOINS: joins(peer.address) });
    await peer.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "late-node\n" });
    expect(stderr).toMatch(/the join through .* goes on in the background/);
    expect(joined(host)).toHaveLength(1);
  });

  test("is left as it is where it is a member whose swarm does not run", async () => {
    const host = new FakeHost().is({ state: "error", error: "no space left on device" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":false}`);
    const { code, stderr } = await host.run("join", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: is a member whose swarm does not run: no space left on device\. .* nothing was changed\n/,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("is taken out of a join that failed, and tries again", async () => {
    const host = new FakeHost().is({ state: "error", error: "certificate has expired" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":true}`);
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOINS: joins(peer.address) });
    await peer.close();
    expect(code).toBe(0);
    expect(stderr).toMatch(/the join failed: certificate has expired\n/);
    expect(host.engine.changes).toEqual(["leave", "join"]);
  });
});

describe("a member", () => {
  test("of the right swarm is left alone", async () => {
    const host = new FakeHost().manager("the-cluster", "my-id");
    expect(await host.run("join", VARIABLES)).toEqual({ code: 0, stdout: "my-id\n", stderr: "" });
    expect(host.engine.changes).toEqual([]);
  });

  test("that is a worker cannot know its swarm, and is left alone", async () => {
    const host = new FakeHost().is({ state: "active", nodeId: "my-id" });
    expect(await host.run("join", VARIABLES)).toEqual({ code: 0, stdout: "my-id\n", stderr: "" });
  });

  test("of another swarm is refused", async () => {
    const host = new FakeHost().manager("their-cluster");
    const { code, stdout, stderr } = await host.run("join", VARIABLES);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: this host is in swarm their-cluster, not in the-cluster\. Take it out with/,
    );
    expect(host.engine.changes).toEqual([]);
  });

  test("of a locked swarm is refused", async () => {
    const { code, stderr } = await new FakeHost().is({ state: "locked" }).run("join", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unlock it with 'docker swarm unlock'/);
  });

  test("without a node ID yet is waited for, and not for ever", async () => {
    const host = new FakeHost().is({ state: "active" });
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: could not join within 1 s: the engine has no node ID/);
  });
});

describe("a manager", () => {
  test("needs python3, and says so at once; a worker does not", async () => {
    const host = new FakeHost().uninstall("python3");
    const peer = await listen();
    const input = { ...VARIABLES, JOINS: joins(peer.address) };
    expect(await host.run("join", { ...input, KIND: "manager" })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "web-0: error: a manager needs python3, 3.9 or newer, which this host (the-host) does not have: install it, then run the update again\n",
    });
    expect(host.engine.asked).toEqual([]);
    expect(await host.run("join", input)).toMatchObject({ code: 0, stdout: "joined-node\n" });
    await peer.close();
  });

  test("without python3 nobody can say whether a worker's join has ended: its state is kept", async () => {
    const host = new FakeHost().uninstall("python3").is({ state: "error", error: "certificate has expired" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":true}`);
    const { code, stderr } = await host.run("join", VARIABLES);
    expect([code, stderr]).toEqual([1, expect.stringContaining("nothing was changed")]);
    expect(host.engine.changes).toEqual([]);
  });
});

describe("the token", () => {
  test.each([
    ["a join that succeeds", refuse("", 200), 0],
    ["a join that is refused", refuse("rpc error: A valid join token is necessary", 400), 1],
    ["a join that fails", refuse("", 0), 1],
  ])("is in no program's arguments, environment or output: %s", async (_, joinAnswer, expected) => {
    const host = new FakeHost().is({ joinAnswer });
    const peer = await listen();
    const { code, stdout, stderr } = await host.run("join", {
      ...VARIABLES,
      JOIN_SECONDS: expected ? 1 : 15,
      JOINS: joins(peer.address),
    });
    await peer.close();
    expect(code).toBe(expected);
    expect(host.engine.joins.join()).toContain(TOKEN);
    for (const seen of [stdout, stderr, host.read("calls"), host.read("environments")]) {
      expect(seen).not.toContain(TOKEN);
    }
  });
});
