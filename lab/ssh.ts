/** Logging in to a host and running commands there. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

import { Client, type ClientChannel } from "ssh2";

import { messageOf } from "./engine/errors";

/** Where and how to log in. */
export interface SshTarget {
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  readonly user: string;
  /** OpenSSH private key. */
  readonly privateKey?: string;
  readonly password?: string;
  /** OpenSSH public key of the host; another one is refused. Without it every host is believed. */
  readonly hostKey?: string;
  /** A host that the connection goes through. */
  readonly proxy?: SshTarget;
}

/** What a remote command came to. */
export interface SshResult {
  /** Its status; `null` when it ended otherwise. */
  readonly code: number | null;
  /** The signal that ended it. */
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Gets what a command writes, as it comes. */
export type OnData = (stream: "stdout" | "stderr", chunk: Buffer) => void;

/**
 * Logs in, runs one command and logs out.
 * @param seconds - After so long the command is given up.
 */
export async function ssh(target: SshTarget, command: string, stdin = "", seconds = 60): Promise<SshResult> {
  try {
    const client = await login(target);
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`"${command}" took longer than ${seconds} s`));
        client.destroy();
      }, seconds * 1000);
      void execute(client, command, stdin)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          client.end();
        });
    });
  } catch (error) {
    throw new Error(`${target.host}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Logs in. Errors are said as Go's SSH library says them, which people know from Pulumi.
 * @param dialMs - How long a connection may take.
 */
export async function login(target: SshTarget, dialMs = 10_000): Promise<Client> {
  const { host, port = 22, user, password, privateKey, hostKey, proxy } = target;
  const sock = proxy ? await through(await login(proxy, dialMs), host, port) : await dial(host, port, dialMs);
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
      password,
      privateKey,
      readyTimeout: 60_000,
      // For a host that vanished.
      keepaliveInterval: 15_000,
      keepaliveCountMax: 4,
      ...(hostKey === undefined ? {} : believing(hostKey)),
    });
  });
}

function believing(hostKey: string) {
  const [type = "", key = ""] = hostKey.trim().split(/\s+/);
  return {
    hostVerifier: (offered: Buffer) => offered.equals(Buffer.from(key, "base64")),
    ...(type === "ssh-ed25519" ? { algorithms: { serverHostKey: ["ssh-ed25519" as const] } } : {}),
  };
}

async function dial(host: string, port: number, timeoutMs: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(timeoutMs) });
    return socket;
  } catch (error) {
    socket.destroy();
    const { code, name, message } = error as NodeJS.ErrnoException;
    const refused = code === "ECONNREFUSED" ? "connect: connection refused" : message;
    const why = name === "AbortError" ? "i/o timeout" : refused;
    throw new Error(`dial tcp ${host}:${port}: ${why}`, { cause: error });
  }
}

/** A connection from a host on to another. The login to the first ends with it. */
async function through(proxy: Client, host: string, port: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    proxy.on("error", reject);
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      if (error) {
        proxy.end();
        reject(new Error(`ssh: rejected: ${messageOf(error)}`, { cause: error }));
        return;
      }
      stream.on("close", () => proxy.end());
      resolve(stream);
    });
  });
}

/** Runs one command, which may fail. @throws Error When the connection is lost. */
export function execute(
  client: Client,
  command: string,
  stdin: string,
  onData: OnData = () => undefined,
): Promise<SshResult> {
  return new Promise((resolve, reject) => {
    client.on("error", reject);
    client.once("close", () => reject(new Error(`connection lost: running ${JSON.stringify(command)}`)));
    client.exec(command, (error, stream) => {
      if (error) {
        reject(error);
        return;
      }
      const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
      const collect = (of: "stdout" | "stderr") => (chunk: Buffer) => {
        got[of].push(chunk);
        onData(of, chunk);
      };
      stream.on("data", collect("stdout"));
      stream.stderr.on("data", collect("stderr"));
      let end: Pick<SshResult, "code" | "signal"> = { code: null };
      stream.on("exit", (code: number | null, signal?: string) => {
        end = { code, signal };
      });
      stream.on("close", () => resolve({ ...end, stdout: joined(got.stdout), stderr: joined(got.stderr) }));
      // It may end without reading all of it.
      stream.on("error", () => undefined);
      stream.end(stdin);
    });
  });
}

function joined(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString();
}
