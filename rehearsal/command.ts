import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { type Client, utils } from "ssh2";

import { messageOf } from "../lab/engine/errors";
import { execute, login, type SshTarget } from "../lab/ssh";
import { type Handler, type Props, text } from "./entry";

/** What a Command's output is told to, line by line. */
export type Tell = (resource: string, line: string) => void;

interface Connection extends Omit<SshTarget, "user" | "proxy"> {
  readonly user?: string;
  readonly dialErrorLimit?: number;
  readonly perDialTimeout?: number;
  readonly proxy?: Omit<SshTarget, "user"> & { readonly user?: string };
}

/** `command:remote:Command`. */
export function command(tell: Tell): Handler {
  const perform = async (line: string | undefined, inputs: Props, name: string): Promise<Props> => {
    if ("environment" in inputs) throw new Error("the rehearsal's Commands have no environment");
    if (line === undefined) return { stdout: "", stderr: "" };
    const connection = inputs.connection as Connection;
    // As the provider does before it dials: what is wrong with these does not pass.
    checkKey(connection);
    if (connection.proxy) checkKey(connection.proxy);
    await dialAgent();
    const client = await dial(connection);
    try {
      return await run(client, line, inputs, name, tell);
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
  const { dialErrorLimit: limit = 10, perDialTimeout = 15, user = "root", proxy } = connection;
  const target = { ...connection, user, proxy: proxy && { ...proxy, user: proxy.user ?? "root" } };
  for (let tries = 1, wait = 100; ; tries++, wait = Math.min(wait * 1.5, 5000)) {
    try {
      return await login(target, perDialTimeout * 1000);
    } catch (error) {
      if (limit > 0 && tries >= limit)
        throw new Error(`${proxy ? "proxy: " : ""}after ${tries} failed attempts: ${messageOf(error)}`, {
          cause: error,
        });
      await sleep(wait);
    }
  }
}

function checkKey({ privateKey }: Pick<SshTarget, "privateKey">): void {
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

/** Runs one command line. @throws Error with the line and its output, as the provider says it. */
async function run(client: Client, line: string, inputs: Props, name: string, tell: Tell): Promise<Props> {
  const logging = text(inputs.logging) ?? "stdoutAndStderr";
  const lines = (told: boolean) => new Lines(said => told && tell(name, said));
  const shown = { stdout: lines(logging.startsWith("stdout")), stderr: lines(/stderr/i.test(logging)) };
  const output: Buffer[] = [];
  const { code, signal, stdout, stderr } = await execute(
    client,
    line,
    text(inputs.stdin) ?? "",
    (of, chunk) => {
      output.push(chunk);
      shown[of].add(chunk);
    },
  );
  if (code === 0) return { stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") };
  const end = code !== null ? `with status ${code}` : signal ? `from signal ${signal}` : "without saying how";
  const said = Buffer.concat(output).toString();
  throw new Error(`Process exited ${end}: running ${JSON.stringify(line)}:\n${said}`);
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
