import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { BOUNDS, command, type Inputs, script, type ScriptName } from "../../components/swarm/script";
import { nodeOf, type NodeState } from "./engine-objects";
import { FakeEngine } from "./fake-engine";
import { gossip, routesText } from "./machine";

/** All that a host has for the scripts, besides docker, curl and hostname, which are fakes. */
const TOOLS =
  "bash cat chmod cp cut date dirname env grep head install mkdir mv paste python3 rm rmdir sed sha256sum sleep tail tee timeout tr awk";

/**
 * Goes in front of a script: time passes by its own waiting alone, a second with each sleep. So how often it tries within
 * its limits does not depend on the machine.
 */
export const CLOCK = "unset SECONDS; SECONDS=0; sleep() { SECONDS=$((SECONDS + 1)); }\n";
/** The same in Python; and the host has a name. */
const PYTHON_CLOCK = [
  "import os, time",
  "time.now = 0",
  "time.monotonic = lambda: time.now",
  "time.sleep = lambda _: setattr(time, 'now', time.now + 1)",
  "os.uname = lambda: type('Uname', (), {'nodename': 'the-host'})",
  "",
].join("\n");
/** For what hangs, in seconds of the real clock. */
const HANGS = 300;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly node?: string;
  readonly bounds?: Partial<Record<keyof typeof BOUNDS, number>>;
  readonly env?: Readonly<Record<string, string>>;
}

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

/** A host with nothing but these fakes. Removed after each test. */
export class FakeHost {
  public readonly directory = mkdtempSync(path.join(tmpdir(), "fake-host-"));
  public readonly bin = path.join(this.directory, "bin");
  public readonly engine = new FakeEngine(this.path("socket"), this.path("lock"), this.path("root"));
  private running?: number;
  private readonly children: { kill: () => void }[] = [];

  public constructor() {
    hosts.push(this);
    mkdirSync(this.bin);
    for (const tool of TOOLS.split(" ")) symlinkSync(where(tool), path.join(this.bin, tool));
    symlinkSync(where("curl"), path.join(this.bin, "real-curl"));
    for (const fake of ["docker", "curl"]) this.install(fake, fake);
    this.install("hostname").write("out-hostname", "the-host\n").routes({});
  }

  /** A file of the host's. */
  public path(file: string): string {
    return path.join(this.directory, file);
  }

  /** Puts a fake on the PATH. */
  public install(name: string, fake = "recorder"): this {
    const target = path.join(this.bin, name);
    rmSync(target, { force: true });
    copyFileSync(path.join(__dirname, "fakes", `${fake}.sh`), target);
    chmodSync(target, 0o755);
    return this;
  }

  public uninstall(name: string): this {
    rmSync(path.join(this.bin, name));
    return this;
  }

  public write(file: string, text: string): this {
    mkdirSync(path.dirname(path.join(this.directory, file)), { recursive: true });
    // A program may be a link to this machine's own, which must not be written to.
    const isProgram = file.startsWith("bin/");
    if (isProgram) rmSync(path.join(this.directory, file), { force: true });
    writeFileSync(path.join(this.directory, file), text, { mode: isProgram ? 0o755 : 0o644 });
    return this;
  }

  public read(file: string): string {
    const target = path.join(this.directory, file);
    return existsSync(target) ? readFileSync(target, "utf8") : "";
  }

  /** Makes the host a manager of a cluster. */
  public manager(cluster = "the-cluster", id = "control-node"): this {
    return this.is({ state: "active", manager: true, nodeId: id }, cluster);
  }

  /** What its engine takes itself for. */
  public is(engine: Partial<FakeEngine>, cluster = this.engine.swarm.ID): this {
    Object.assign(this.engine, engine);
    this.engine.swarm.ID = cluster;
    return this;
  }

  /** Gives it routes: ranges by the devices that lead to them. */
  public routes(routes: Readonly<Record<string, string>>): this {
    return this.write("routes", routesText({ eth0: "0.0.0.0/0", ...routes }));
  }

  public node(id: string, state: NodeState = {}): this {
    this.engine.nodes.set(id, nodeOf(id, state, this.engine.swarm.TLSInfo));
    return this;
  }

  public hasNode(id: string): boolean {
    return this.engine.nodes.has(id);
  }

  /** A node's labels, as lines in alphabetical order. */
  public labels(id: string): string[] {
    return Object.entries(this.engine.node(id).Spec.Labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .sort();
  }

  /** Programs that were called, with their arguments. */
  public calls(): string[] {
    return this.read("calls").split("\n").filter(Boolean);
  }

  /** Something else changes the membership, and does not end. */
  public async heldLock(): Promise<this> {
    const holder = spawn("python3", [
      "-c",
      "import fcntl, sys\nfile = open(sys.argv[1], 'w')\nfcntl.flock(file, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()",
      this.path("lock"),
    ]);
    this.children.push(holder);
    await new Promise(resolve => holder.stdout.once("data", resolve));
    return this;
  }

  /** Runs a script as the provider does: by its command line, with its text on stdin. */
  public async run<Name extends ScriptName>(
    name: Name,
    variables: Inputs[Name],
    { node = "web-0", bounds = {}, env = {} }: RunOptions = {},
  ): Promise<Outcome> {
    const line = command(name, node, HANGS);
    const clock = line.includes("python3") ? PYTHON_CLOCK : CLOCK;
    const outcome = await this.bash(
      ["-c", line],
      clock + script(name, node, variables, { ...BOUNDS, ...bounds }),
      env,
    );
    expect(this.engine.unknown).toEqual([]);
    return outcome;
  }

  public async bash(args: string[], input = "", env: Record<string, string> = {}): Promise<Outcome> {
    const child = spawn(path.join(this.bin, "bash"), args, {
      env: {
        PATH: this.bin,
        HOME: this.directory,
        FAKE: this.directory,
        DOCKER_SOCKET: this.path("socket"),
        MARKER: this.path("marker"),
        MEMBERSHIP: this.path("membership"),
        BOOT_FINISHED: this.path("boot-finished"),
        LOCK: this.path("lock"),
        GOSSIP_PORT: await gossip(),
        LOG: this.path("log"),
        ROUTES: this.path("routes"),
        ...env,
      },
    });
    this.running = child.pid;
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", chunk => (stdout += String(chunk)));
    child.stderr.on("data", chunk => (stderr += String(chunk)));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", code => resolve({ code: code ?? -1, stdout, stderr }));
    });
  }

  /** Kills the script that runs, with all that it has started. */
  public kill(pid = this.running): void {
    if (pid === undefined) return;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    process.kill(pid, "SIGKILL");
    for (const child of children) this.kill(Number(child));
  }

  public remove(): void {
    for (const child of this.children) child.kill();
    this.engine.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Where this machine has a program. */
export function where(tool: string): string {
  const directory = ["/usr/local/bin", "/usr/bin", "/bin"].find(one => existsSync(path.join(one, tool)));
  if (!directory) throw new Error(`these tests need ${tool}`);
  return path.join(directory, tool);
}
