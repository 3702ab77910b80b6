import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { Client, utils } from "ssh2";

import { type Handler, messageOf, type Props, text } from "./entry";

/** What a Command's output is told to, line by line. */
export type Tell = (resource: string, line: string) => void;

interface Connection {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly privateKey?: string;
  readonly hostKey?: string;
  readonly dialErrorLimit?: number;
  readonly perDialTimeout?: number;
}

/** `command:remote:Command`. */
export function command(tell: Tell): Handler {
  const perform = async (line: string | undefined, inputs: Props, name: string): Promise<Props> => {
    for (const key of ["environment", "proxy"])
      if (key in inputs) throw new Error(`the rehearsal's Commands have no ${key}`);
    if (line === undefined) return { stdout: "", stderr: "" };
    const connection = inputs.connection as Connection;
    // As the provider does before it dials: what is wrong with these does not pass.
    checkKey(connection);
    await dialAgent();
    const client = await dial(connection);
    try {
      return await execute(client, line, inputs, name, tell);
    } finally {
      client.end();
    }
  };
  return {
    replaceOn: ["triggers"],
    volatile: true,
    create: async (inputs, name) => ({
      id: name,
      outputs: await perform(text(inputs.create), inputs, name),
    }),
    update: ({ name }, inputs) => perform(text(inputs.update) ?? text(inputs.create), inputs, name),
    delete: ({ inputs, name }) => perform(text(inputs.delete), inputs, name),
  };
}

/** Dials until it succeeds: after 100 ms, then half as long again each time, up to 5 s, as the provider does. */
async function dial(connection: Connection): Promise<Client> {
  const limit = connection.dialErrorLimit ?? 10;
  for (let tries = 1, wait = 100; ; tries++, wait = Math.min(wait * 1.5, 5000)) {
    try {
      return await dialOnce(connection);
    } catch (error) {
      if (limit > 0 && tries >= limit)
        throw new Error(`after ${tries} failed attempts: ${messageOf(error)}`, { cause: error });
      await sleep(wait);
    }
  }
}

function checkKey({ privateKey }: Connection): void {
  const parsed = privateKey === undefined ? undefined : utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new Error(`ssh: the private key cannot be read: ${parsed.message}`);
}

/** The agent is not needed, but an agent that is gone is an error. */
async function dialAgent(path = process.env.SSH_AUTH_SOCK): Promise<void> {
  if (!path) return;
  const socket = connect(path);
  try {
    await once(socket, "connect");
  } catch (error) {
    throw new Error(`dial unix ${path}: ${messageOf(error)}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

async function dialOnce(connection: Connection): Promise<Client> {
  const { host, port = 22, user = "root", hostKey } = connection;
  const sock = await tcp(host, port, (connection.perDialTimeout ?? 15) * 1000);
  const [type = "", key = ""] = (hostKey ?? "").trim().split(/\s+/);
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.on("error", error => {
      sock.destroy();
      const what =
        error.level === "client-authentication"
          ? "ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain"
          : error.message.includes("verification failed")
            ? "ssh: host key mismatch"
            : error.message;
      reject(new Error(`ssh: handshake failed: ${what}`));
    });
    client.once("close", () => reject(new Error("ssh: handshake failed: EOF")));
    client.connect({
      sock,
      username: user,
      password: connection.password,
      privateKey: connection.privateKey,
      readyTimeout: 60_000,
      // The provider has none and would wait for ever for a host that vanished.
      keepaliveInterval: 15_000,
      keepaliveCountMax: 4,
      ...(hostKey === undefined
        ? {}
        : {
            hostVerifier: (offered: Buffer) => offered.equals(Buffer.from(key, "base64")),
            ...(type === "ssh-ed25519" ? { algorithms: { serverHostKey: ["ssh-ed25519"] } } : {}),
          }),
    });
  });
}

function tcp(host: string, port: number, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`dial tcp ${host}:${port}: ${why}`));
    };
    const timer = setTimeout(() => fail("i/o timeout"), timeout);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message);
    });
  });
}

/** Runs one command line. @throws Error with the line and its output, as the provider says it. */
function execute(client: Client, line: string, inputs: Props, name: string, tell: Tell): Promise<Props> {
  const logging = text(inputs.logging) ?? "stdoutAndStderr";
  return new Promise((resolve, reject) => {
    client.on("error", reject);
    client.once("close", () => reject(new Error(`connection lost: running ${JSON.stringify(line)}`)));
    client.exec(line, (error, stream) => {
      if (error) {
        reject(error);
        return;
      }
      const got = { stdout: [] as Buffer[], stderr: [] as Buffer[], all: [] as Buffer[] };
      const collect = (of: "stdout" | "stderr", told: boolean) => {
        const lines = new Lines(said => told && tell(name, said));
        return (chunk: Buffer) => {
          got[of].push(chunk);
          got.all.push(chunk);
          lines.add(chunk);
        };
      };
      stream.on("data", collect("stdout", logging.startsWith("stdout")));
      stream.stderr.on("data", collect("stderr", /stderr/i.test(logging)));
      let end = "without saying how";
      stream.on("exit", (code: number | null, signal?: string) => {
        end = code === null ? `from signal ${signal ?? ""}` : `with status ${code}`;
      });
      stream.on("close", () => {
        const output = Buffer.concat(got.all).toString();
        if (end === "with status 0") resolve({ stdout: joined(got.stdout), stderr: joined(got.stderr) });
        else reject(new Error(`Process exited ${end}: running ${JSON.stringify(line)}:\n${output}`));
      });
      // It may end without reading all of it.
      stream.on("error", () => undefined);
      stream.end(text(inputs.stdin) ?? "");
    });
  });
}

function joined(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString().replace(/\n$/, "");
}

/** Cuts what arrives into lines. */
class Lines {
  private rest = "";
  public constructor(private readonly tell: (line: string) => void) {}

  public add(chunk: Buffer): void {
    const lines = (this.rest + chunk.toString()).split("\n");
    this.rest = lines.pop() ?? "";
    lines.forEach(this.tell);
  }
}
