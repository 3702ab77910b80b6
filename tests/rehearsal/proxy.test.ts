import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";

import { Server, utils } from "ssh2";

import { command } from "../../rehearsal/command";
import { FakeLab } from "./fake-lab";

/** A host that lets others through, and says where they went. */
class Bastion {
  public readonly asked: string[] = [];
  public left = 0;
  private readonly server: Server;

  public constructor(hostKey: string) {
    this.server = new Server({ hostKeys: [hostKey] }, client => {
      client.on("error", () => undefined);
      client.on("close", () => this.left++);
      client.on("authentication", context => {
        if (context.method === "publickey" && context.username === "jump") context.accept();
        else context.reject();
      });
      client.on("tcpip", (accept, reject, { destIP, destPort }) => {
        this.asked.push(`${destIP}:${destPort}`);
        const socket = connect(destPort, destIP);
        socket.once("error", () => reject());
        socket.once("connect", () => {
          const stream = accept();
          stream.pipe(socket).pipe(stream);
          stream.on("error", () => socket.destroy());
          socket.on("error", () => stream.end());
        });
      });
    });
  }

  public async start(): Promise<number> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return (this.server.address() as AddressInfo).port;
  }

  public async stop(): Promise<void> {
    await new Promise<void>(resolve => this.server.close(() => resolve()));
  }
}

/** One pair in 150 cannot be read again. */
function keyPair(): { private: string; public: string } {
  const pair = utils.generateKeyPairSync("ed25519");
  return utils.parseKey(pair.private) instanceof Error ? keyPair() : pair;
}

describe("a Command through a proxy", () => {
  const lab = new FakeLab();
  const [host, login] = [keyPair(), keyPair()];
  const bastion = new Bastion(host.private);
  let port = 0;
  beforeAll(async () => {
    delete process.env.SSH_AUTH_SOCK;
    await lab.start();
    port = await bastion.start();
  });
  afterAll(async () => {
    await lab.stop();
    await bastion.stop();
  });
  const connection = (proxy: object = {}, target: object = {}) => ({
    connection: {
      ...{ host: "127.0.0.1", port: lab.sshPort, hostKey: lab.hostKey, privateKey: login.private },
      ...{ dialErrorLimit: 1, ...target },
      proxy: {
        host: "127.0.0.1",
        port,
        user: "jump",
        privateKey: login.private,
        hostKey: host.public,
        ...proxy,
      },
    },
    create: "hello",
    stdin: "there",
  });
  const run = (inputs: object) => command(() => undefined).create({ ...inputs }, "test");

  test("runs on the host behind it, and leaves both", async () => {
    expect(await run(connection())).toMatchObject({ outputs: { stdout: "did hello" } });
    expect(lab.ran).toEqual([{ line: "hello", stdin: "there" }]);
    expect(bastion.asked).toEqual([`127.0.0.1:${lab.sshPort}`]);
    while (bastion.left === 0) await new Promise(resolve => setTimeout(resolve, 5));
  });

  test.each([
    ["is another host", { hostKey: login.public }, {}, /handshake failed: ssh: host key mismatch$/],
    ["knows no such user", { user: "root" }, {}, /unable to authenticate/],
    ["cannot reach the host", {}, { port: 1 }, /^proxy: after 1 failed attempts: ssh: rejected: /],
    ["leads to another host", {}, { hostKey: login.public }, /handshake failed: ssh: host key mismatch$/],
  ])("fails where it %s", async (_, proxy, target, message) => {
    await expect(run(connection(proxy, target))).rejects.toThrow(message);
  });
});
