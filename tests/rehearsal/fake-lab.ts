import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type Client, Server as SshServer, utils } from "ssh2";

type Json = Record<string, unknown>;

/** What was run over SSH. */
export interface Ran {
  readonly line: string;
  readonly stdin: string;
}

/** The least of DigitalOcean's API that the rehearsal needs, and a host that answers SSH, in this process. */
export class FakeLab {
  /** Things by kind and id: `droplets/1`. */
  public readonly things = new Map<string, Json>();
  /** Requests that change something, as `METHOD path`. */
  public readonly requests: string[] = [];
  public readonly ran: Ran[] = [];
  /** Command lines that fail. */
  public readonly failing = new Set<string>();
  /** Command lines that never end. */
  public readonly endless = new Set<string>();
  public readonly hostKey: string;
  private readonly api: Server;
  private readonly ssh: SshServer;
  private nextId = 1;

  public constructor() {
    this.api = createServer((request, response) => {
      let text = "";
      request.on("data", chunk => (text += String(chunk)));
      request.on("end", () => {
        const path = (request.url ?? "").replace(/^\/v2\//, "").replace(/\?.*/, "");
        const answer = this.answer(request.method ?? "", path, (text ? JSON.parse(text) : {}) as Json);
        response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? { message: "not found" }));
      });
    });
    // One pair in 150 cannot be read again.
    let key = utils.generateKeyPairSync("ed25519");
    while (utils.parseKey(key.private) instanceof Error) key = utils.generateKeyPairSync("ed25519");
    this.hostKey = key.public;
    this.ssh = new SshServer({ hostKeys: [key.private] }, client => {
      // The types lack it; without it each step waits for a delayed acknowledgement.
      (client as unknown as Client).setNoDelay();
      client.on("error", () => undefined);
      client.on("authentication", context =>
        context.method === "publickey" ? context.accept() : context.reject(),
      );
      client.on("session", accept =>
        accept().on("exec", (acceptExec, _reject, { command }) => {
          const stream = acceptExec();
          let stdin = "";
          stream.on("data", (chunk: Buffer) => (stdin += chunk.toString()));
          stream.on("end", () => {
            this.ran.push({ line: command, stdin });
            if (this.endless.has(command)) return;
            stream.stderr.write("working\n");
            stream.write(`did ${command}\n`);
            stream.exit(this.failing.has(command) ? 1 : 0);
            stream.end();
          });
        }),
      );
    });
  }

  public async start(): Promise<void> {
    await new Promise<void>(resolve => this.api.listen(0, "127.0.0.1", resolve));
    await new Promise<void>(resolve => this.ssh.listen(0, "127.0.0.1", resolve));
  }

  public async stop(): Promise<void> {
    this.api.closeAllConnections();
    await new Promise(resolve => this.api.close(resolve));
    await new Promise<void>(resolve => this.ssh.close(() => resolve()));
  }

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.api.address() as AddressInfo).port}`;
  }

  public get sshPort(): number {
    return (this.ssh.address() as AddressInfo).port;
  }

  public kinds(): string[] {
    return [...this.things.keys()].map(key => key.split("/")[0] ?? "").sort();
  }

  private answer(method: string, path: string, body: Json): Json | undefined {
    if (method !== "GET") this.requests.push(`${method} ${path}`);
    const [kind = "", id = "", sub] = path.replace("account/keys", "keys").split("/");
    const key = `${kind}/${id}`;
    if (sub === "actions") return this.act(method, kind, key, body);
    if (method === "POST" && id === "") return this.create(kind, body);
    const thing = this.things.get(key);
    if (!thing) return undefined;
    if (method === "DELETE" && !sub) this.things.delete(key);
    if (method === "PUT") Object.assign(thing, body);
    return { [kind.slice(0, -1)]: thing, ...(kind === "keys" ? { ssh_key: thing } : {}) };
  }

  private act(method: string, kind: string, key: string, body: Json): Json | undefined {
    const thing = this.things.get(key);
    if (!thing) return undefined;
    if (kind === "reserved_ips" && method === "POST")
      thing.droplet = body.type === "assign" ? { id: body.droplet_id } : null;
    if (body.type === "resize") thing.size_slug = body.size;
    return { actions: [], action: { id: 1, status: "completed" } };
  }

  private create(kind: string, body: Json): Json {
    const number = this.nextId++;
    const id = kind === "tags" ? String(body.name) : kind === "reserved_ips" ? `127.1.0.${number}` : number;
    const v4 = [
      { type: "public", ip_address: "127.0.0.1" },
      { type: "private", ip_address: `10.0.0.${number}` },
    ];
    const made: Record<string, Json> = {
      droplets: { status: "active", size_slug: body.size, networks: { v4 }, tags: body.tags },
      reserved_ips: { ip: id, droplet: null },
      keys: { fingerprint: "aa:bb" },
      vpcs: { urn: `do:vpc:${number}` },
    };
    const thing: Json = { id, ...body, ...made[kind] };
    this.things.set(`${kind}/${String(id)}`, thing);
    return { [kind.slice(0, -1)]: thing, ...(kind === "keys" ? { ssh_key: thing } : {}) };
  }
}
