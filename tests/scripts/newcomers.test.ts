import { createSocket, type Socket } from "node:dgram";
import { type AddressInfo, createServer, type Server } from "node:net";

import { FakeHost } from "./fake-host";
import { roster, variables } from "./pool-input";

/** On this address nothing answers but what a test opens. */
const NEW = "127.0.0.77";
const KNOWN = { "digitalocean-swarm.node": "node-1", "digitalocean-swarm.availability": "active" };
const open: (Server | Socket)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function tcp(port = 0): Promise<number> {
  const server = createServer(socket => socket.destroy());
  open.push(server);
  await new Promise<void>(resolve => server.listen(port, NEW, resolve));
  return (server.address() as AddressInfo).port;
}
/** Answers the question of a cluster; `deaf` takes it, and says nothing. */
async function udp(port = 0, deaf = false): Promise<number> {
  const socket = createSocket("udp4");
  open.push(socket);
  socket.on("message", (question, from) => {
    if (!deaf && question.toString() === "digitalocean-swarm the-cluster?")
      socket.send("!", from.port, from.address);
  });
  await new Promise<void>(resolve => socket.bind(port, NEW, resolve));
  return socket.address().port;
}

/** Three nodes, of which `me` is the manager that looks, and `known` has its name already: both cannot be reached. */
function look(host: FakeHost, gossip: number, dataPath: number) {
  host.manager("the-cluster", "me").node("me", { Address: "127.0.0.78" });
  host.node("known", { Address: "127.0.0.79", labels: KNOWN }).node("new", { Address: NEW });
  const text = roster({ nodeId: "me" }, { nodeId: "known" }, { nodeId: "new" });
  return host.run(
    "reconcile-pool",
    { ...variables("worker", text), DATA_PATH_PORT: dataPath },
    { bounds: { WAIT_SECONDS: 4 }, env: { GOSSIP_PORT: String(gossip) } },
  );
}

test("a new node whose ports are reached is passed; itself and those with a name are not asked", async () => {
  const gossip = await tcp();
  await udp(gossip);
  expect(await look(new FakeHost(), gossip, await udp())).toEqual({ code: 0, stdout: "", stderr: "" });
});

describe("what is closed is a fault that names node and port", () => {
  const refused = async (gossip: number, dataPath: number) => {
    const host = new FakeHost();
    const { code, stderr } = await look(host, gossip, dataPath);
    expect([code, host.engine.changes]).toEqual([1, []]);
    return /web-0: error: does not reach: ([^.]*\.[^.]*\.[^.]*\.[^.]*)\. The cloud firewall/.exec(
      stderr,
    )?.[1];
  };

  test("TCP", async () => {
    const gossip = await udp();
    expect(await refused(gossip, await udp())).toBe(`node-2 (${NEW}) ${gossip}/tcp`);
  });

  test("UDP to which nobody answers", async () => {
    const gossip = await tcp();
    await udp(gossip, true);
    expect(await refused(gossip, await udp())).toBe(`node-2 (${NEW}) ${gossip}/udp`);
  });

  test("UDP that the kernel refuses", async () => {
    const gossip = await tcp();
    await udp(gossip);
    const port = await udp();
    (open.pop() as Socket).close();
    expect(await refused(gossip, port)).toBe(`node-2 (${NEW}) ${port}/udp`);
  });

  test("all of it at once", async () => {
    const [gossip, port] = [await udp(), await udp()];
    for (const one of open.splice(0)) one.close();
    expect(await refused(gossip, port)).toBe(`node-2 (${NEW}) ${gossip}/tcp ${gossip}/udp ${port}/udp`);
  });
});

test("where containers' traffic has its own plane, its port is not asked", async () => {
  const gossip = await tcp();
  await udp(gossip);
  expect(await look(new FakeHost(), gossip, 0)).toMatchObject({ code: 0 });
});

test("another version of the engine is a warning", async () => {
  const gossip = await tcp();
  await udp(gossip);
  const host = new FakeHost();
  host.engine.version = "29.7.2";
  expect(await look(host, gossip, 0)).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(
      /^node-0: warning: it has Docker 28\.5\.1, and this manager 29\.7\.2\. For one version .*\nnode-2: warning/,
    ) as string,
  });
});
