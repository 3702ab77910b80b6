import { Client, utils } from "ssh2";

/** Where and how to log in. */
export interface SshTarget {
  readonly host: string;
  readonly user: string;
  /** OpenSSH private key. */
  readonly privateKey: string;
  /** OpenSSH public key of the host; anything else is refused. */
  readonly hostKey: string;
}

/** What a remote command came to. */
export interface SshResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one command over SSH.
 * @param seconds - After so long it is given up.
 */
export function ssh(target: SshTarget, command: string, stdin = "", seconds = 60): Promise<SshResult> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const timer = setTimeout(() => {
      client.destroy();
      reject(new Error(`${target.host}: "${command}" took longer than ${seconds} s`));
    }, seconds * 1000);
    const settle = (then: () => void) => {
      clearTimeout(timer);
      client.end();
      then();
    };
    client.on("error", error => settle(() => reject(new Error(`${target.host}: ${error.message}`))));
    client.on("ready", () => {
      client.exec(command, (error, channel) => {
        if (error) {
          settle(() => reject(error));
          return;
        }
        let stdout = "";
        let stderr = "";
        channel.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        channel.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        channel.on("close", (code: number | null) => settle(() => resolve({ code, stdout, stderr })));
        channel.end(stdin);
      });
    });
    client.connect({
      host: target.host,
      username: target.user,
      privateKey: target.privateKey,
      readyTimeout: 10_000,
      algorithms: { serverHostKey: ["ssh-ed25519"] },
      hostVerifier: (key: Buffer) => key.equals(publicKeyOf(target.hostKey)),
    });
  });
}

function publicKeyOf(text: string): Buffer {
  const parsed = utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  return parsed.getPublicSSH();
}
