import { FakeHost } from "./fake-host";
import { JOIN } from "./join-input";
import { listen, nobody } from "./loopback";

const { TOKEN } = JOIN;
const VARIABLES = JOIN;
const joins = (host: FakeHost) => host.calls().filter(call => /^curl .*swarm\/join$/.test(call));

describe("an inactive host", () => {
  test("joins through the peer that answers, and reports its node ID", async () => {
    const host = new FakeHost();
    const peer = await listen();
    const outcome = await host.run("join", { ...VARIABLES, PEERS: peer.address });
    await peer.close();
    expect(outcome).toEqual({
      code: 0,
      stdout: "joined-node\n",
      stderr: `web-0: joining through ${peer.address}\n`,
    });
    expect(JSON.parse(host.read("bodies"))).toEqual({
      ListenAddr: "0.0.0.0:2377",
      AdvertiseAddr: "10.110.0.60:2377",
      DataPathAddr: "",
      RemoteAddrs: [peer.address],
      JoinToken: TOKEN,
    });
    expect(joins(host)).toHaveLength(1);
    // `docker info` costs the engine more than all else that a join asks of it.
    expect(host.calls().filter(call => call.startsWith("docker info"))).toHaveLength(1);
  });

  test("joins where the engine is too old to tell its state when pinged", async () => {
    const host = new FakeHost().write("old", "");
    const peer = await listen();
    const { code, stdout } = await host.run("join", { ...VARIABLES, PEERS: peer.address });
    await peer.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "joined-node\n" });
  });

  test("passes a dead first peer by", async () => {
    const host = new FakeHost();
    const [dead, peer] = [await nobody(), await listen()];
    const { code, stderr } = await host.run("join", { ...VARIABLES, PEERS: `${dead} ${peer.address}` });
    await peer.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: `web-0: joining through ${peer.address}\n` });
  });

  test("tries the next peer when one refuses, and says why it was refused", async () => {
    const host = new FakeHost();
    const [one, other] = [await listen(), await listen()];
    host.write(
      "curl-rules",
      `[[ $body != *${one.address}* ]] || { printf '{"message":"node is no manager"}503'; exit 0; }`,
    );
    const { code, stderr } = await host.run("join", {
      ...VARIABLES,
      PEERS: `${one.address} ${other.address}`,
    });
    await Promise.all([one.close(), other.close()]);
    expect(code).toBe(0);
    expect(stderr).toBe(
      `web-0: joining through ${one.address}\nweb-0: {"message":"node is no manager"}\nweb-0: joining through ${other.address}\n`,
    );
  });

  test("gives up in time when no peer answers, and names them", async () => {
    const host = new FakeHost();
    const dead = await nobody();
    const { code, stdout, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1, PEERS: dead });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `web-0: error: could not join within 1 s: no manager of swarm the-cluster answered at: ${dead}; if they are gone for good, raise swarm.generation by one\n`,
    );
    expect(host.changes()).toEqual([]);
  });

  test("names the way out when the swarm has no leader, and does not get one", async () => {
    const answer = '{"message":"rpc error: code = Unknown desc = The swarm does not have a leader."}503';
    const host = new FakeHost().write("answer", answer);
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1, PEERS: peer.address });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /could not join within 1 s, as more than half of the managers do not answer: bring them back; if they are gone for good, raise swarm\.generation by one \(.*not have a leader/,
    );
  });

  test("gives up in time when every peer refuses, with the last reason", async () => {
    const host = new FakeHost().write("answer", '{"message":"rpc error: no route"}503');
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1, PEERS: peer.address });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: could not join within 1 s: \{"message":"rpc error: no route"\}\n$/);
  });

  test("says at once that the token is no longer valid", async () => {
    const host = new FakeHost().write("answer", '{"message":"invalid join token"}400');
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, PEERS: peer.address });
    await peer.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the swarm refused the join token: .*Raise the token's rotation by one/);
    expect(joins(host)).toHaveLength(1);
  });

  test("waits for a join that goes on in the background, and does not start a second", async () => {
    const host = new FakeHost().write("answer", '{"message":"Timeout was reached before node joined."}500');
    host.write("curl-rules", `printf pending >"$FAKE/engine/LocalNodeState"`);
    host.rules(`[[ $* != *LocalNodeState* || $(cat "$FAKE/engine/LocalNodeState") != pending ]] || once look || {
      printf active >"$FAKE/engine/LocalNodeState"; printf late-node >"$FAKE/engine/NodeID"; }`);
    const peer = await listen();
    const { code, stdout, stderr } = await host.run("join", { ...VARIABLES, PEERS: peer.address });
    await peer.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "late-node\n" });
    expect(stderr).toMatch(/the join through .* goes on in the background/);
    expect(joins(host)).toHaveLength(1);
  });

  test("is left as it is where it is a member whose swarm does not run", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "error", Error: "no space left on device" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":false}`);
    const { code, stderr } = await host.run("join", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: is a member whose swarm does not run: no space left on device\. .* nothing was changed\n/,
    );
    expect(host.changes()).toEqual([]);
  });

  test("is taken out of a join that failed, and tries again", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "error", Error: "certificate has expired" });
    host.write("root/swarm/docker-state.json", `{"LocalAddr":"10.0.0.2","JoinInProgress":true}`);
    const peer = await listen();
    const { code, stderr } = await host.run("join", { ...VARIABLES, PEERS: peer.address });
    await peer.close();
    expect(code).toBe(0);
    expect(stderr).toMatch(/the join failed: certificate has expired\n/);
    expect(host.changes().map(call => call.split(" ").slice(0, 3).join(" "))).toEqual([
      "docker swarm leave",
      "curl --silent --show-error",
    ]);
  });
});

describe("a member", () => {
  test("of the right swarm is left alone", async () => {
    const host = new FakeHost().manager("the-cluster", "my-id");
    expect(await host.run("join", VARIABLES)).toEqual({ code: 0, stdout: "my-id\n", stderr: "" });
    expect(host.changes()).toEqual([]);
  });

  test("that is a worker cannot know its swarm, and is left alone", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "active", NodeID: "my-id" });
    expect(await host.run("join", VARIABLES)).toEqual({ code: 0, stdout: "my-id\n", stderr: "" });
  });

  test("of another swarm is refused", async () => {
    const host = new FakeHost().manager("their-cluster");
    const { code, stdout, stderr } = await host.run("join", VARIABLES);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /error: this host is in swarm their-cluster, not in the-cluster\. Take it out with/,
    );
    expect(host.changes()).toEqual([]);
  });

  test("of a locked swarm is refused", async () => {
    const { code, stderr } = await new FakeHost().engine({ LocalNodeState: "locked" }).run("join", VARIABLES);
    expect(code).toBe(1);
    expect(stderr).toMatch(/unlock it with 'docker swarm unlock'/);
  });

  test("without a node ID yet is waited for, and not for ever", async () => {
    const host = new FakeHost().engine({ LocalNodeState: "active" });
    const { code, stderr } = await host.run("join", { ...VARIABLES, JOIN_SECONDS: 1 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: could not join within 1 s: the engine has no node ID/);
  });
});

describe("the token", () => {
  const outcomes: [string, string, number][] = [
    ["a join that succeeds", "200", 0],
    [
      "a join that is refused",
      '{"message":"rpc error: code = InvalidArgument desc = A valid join token is necessary"}400',
      1,
    ],
    ["a join that fails", "curl: (7) could not connect000", 1],
  ];
  test.each(outcomes)(
    "is in no program's arguments, environment or output: %s",
    async (_, answer, expected) => {
      const host = new FakeHost().write("answer", answer);
      const peer = await listen();
      const { code, stdout, stderr } = await host.run("join", {
        ...VARIABLES,
        JOIN_SECONDS: expected ? 1 : 15,
        PEERS: peer.address,
      });
      await peer.close();
      expect(code).toBe(expected);
      expect(host.read("bodies")).toContain(TOKEN);
      for (const seen of [stdout, stderr, host.read("calls"), host.read("environments")]) {
        expect(seen).not.toContain(TOKEN);
      }
    },
  );
});
