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

import { command, script, type ScriptName } from "../../components/swarm/script";

/** All that a host has for the scripts, besides docker, curl, flock and hostname, which are fakes. */
const TOOLS =
  "bash cat chmod cp cut date dirname env grep head install mkdir mv paste rm rmdir sed sha256sum sleep tail tee timeout tr awk";

/**
 * Goes in front of a script: time passes by its own waiting alone, a second with each `sleep`. So how often it tries
 * within its limits does not depend on the machine.
 */
export const CLOCK = "unset SECONDS; SECONDS=0; sleep() { SECONDS=$((SECONDS + 1)); }\n";
/** For what hangs, in seconds of the real clock. */
const HANGS = 300;

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface NodeState {
  /** Of the node's object; each update makes it one more. */
  readonly Version?: string;
  readonly Name?: string;
  readonly Hostname?: string;
  readonly State?: "ready" | "down";
  readonly Role?: "manager" | "worker";
  readonly Availability?: "active" | "pause" | "drain";
  readonly Message?: string;
  /** Where the leader saw the node, without a port. */
  readonly Address?: string;
  /** `ip:port` of a manager. */
  readonly Addr?: string;
  readonly Reachability?: string;
  /** A line per label, `KEY=VALUE`. */
  readonly labels?: string;
  /** A line per task, as `docker node ps` describes its state. */
  readonly tasks?: string;
}

const hosts: FakeHost[] = [];
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});

/** A host with nothing but these fakes, whose engine and swarm are files. Removed after each test. */
export class FakeHost {
  public readonly directory = mkdtempSync(path.join(tmpdir(), "fake-host-"));
  public readonly bin = path.join(this.directory, "bin");

  public constructor() {
    hosts.push(this);
    for (const sub of ["bin", "engine", "nodes", "tokens"]) mkdirSync(path.join(this.directory, sub));
    for (const tool of TOOLS.split(" ")) symlinkSync(where(tool), path.join(this.bin, tool));
    for (const fake of ["docker", "curl", "flock"]) this.install(fake, fake);
    symlinkSync(process.execPath, path.join(this.bin, "node"));
    copyFileSync(path.join(__dirname, "fakes", "update-nodes.mjs"), path.join(this.bin, "update-nodes.mjs"));
    this.install("hostname", "recorder");
    this.write("out-hostname", "the-host\n").routes({});
    this.write("tokens/worker", "SWMTKN-worker").write("tokens/manager", "SWMTKN-manager");
    this.write("unlock-key", "SWMKEY-first");
    this.engine({
      LocalNodeState: "inactive",
      ControlAvailable: "false",
      RootRotationInProgress: "false",
      NodeCertExpiry: "7776000000000000",
      AutoLockManagers: "false",
      ExternalCAs: "",
    });
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

  public engine(fields: Readonly<Record<string, string>>): this {
    for (const [key, value] of Object.entries(fields)) this.write(`engine/${key}`, value);
    return this;
  }

  /** Makes the host a manager of a cluster. */
  public manager(cluster = "the-cluster", id = "control-node"): this {
    return this.engine({
      LocalNodeState: "active",
      ControlAvailable: "true",
      Cluster: cluster,
      NodeID: id,
    });
  }

  /** Gives it routes: ranges by the devices that lead to them. */
  public routes(routes: Readonly<Record<string, string>>): this {
    const hex = (address: number) => address.toString(16).toUpperCase().padStart(8, "0");
    const line = (device: string, range: string) => {
      const [address = "", prefix] = range.split("/");
      // The last byte first.
      const bytes = address.split(".").reverse().map(Number);
      const mask = Array.from(
        { length: 4 },
        (_, i) => 256 - 2 ** (8 - Math.min(8, Math.max(0, Number(prefix) - 8 * i))),
      );
      const of = (parts: number[]) => hex(parts.reduce((sum, byte) => sum * 256 + byte, 0));
      return `${device}\t${of(bytes)}\t00000000\t0001\t0\t0\t0\t${of(mask.reverse())}\t0\t0\t0`;
    };
    const lines = Object.entries({ eth0: "0.0.0.0/0", ...routes }).map(([device, range]) =>
      line(device, range),
    );
    return this.write("routes", ["Iface\tDestination\tGateway\tFlags", ...lines, ""].join("\n"));
  }

  public node(id: string, state: NodeState = {}): this {
    const ready = { Version: "1", State: "ready", Role: "worker", Availability: "active", ...state };
    for (const [key, value] of Object.entries(ready)) this.write(`nodes/${id}/${key}`, value);
    return this;
  }

  public hasNode(id: string): boolean {
    return existsSync(path.join(this.directory, "nodes", id));
  }

  /** Bash that docker runs before it does anything: its arguments are in `$*`, `refuse` and `once` are there. */
  public rules(bash: string): this {
    return this.write("rules", bash);
  }

  /** The programs that were called, with their arguments; those that only look are left out. */
  public changes(): string[] {
    return this.calls().filter(
      call =>
        !/^docker (version|info|node inspect|node ls|node ps|service ls)|^hostname|^curl .*(_ping|swarm|docker\/nodes|--config -)$/.test(
          call,
        ),
    );
  }

  public calls(): string[] {
    return this.read("calls").split("\n").filter(Boolean);
  }

  /** Runs a script as the provider does: by its command line, with its text on stdin. */
  public async run(
    name: ScriptName,
    variables: Readonly<Record<string, string | number>>,
    { hurry = false, node = "web-0" } = {},
  ): Promise<Outcome> {
    // What is new to a swarm is looked at in newcomers.test.ts.
    const text = script(name, node, variables).replace(/^ {2}look_at_newcomers$/m, "");
    // With `hurry` what has a fixed limit is tried twice.
    const input = CLOCK + (hurry ? text.replaceAll(/wait_until \d+ /g, "wait_until 1 ") : text);
    const outcome = await this.bash(["-c", command(name, node, HANGS)], input);
    // What the fakes do not know would make a test say nothing.
    expect(this.read("unknown")).toBe("");
    return outcome;
  }

  public bash(args: string[], input = "", env: Record<string, string> = {}): Promise<Outcome> {
    const child = spawn(path.join(this.bin, "bash"), args, {
      env: {
        PATH: this.bin,
        HOME: this.directory,
        FAKE: this.directory,
        MARKER: path.join(this.directory, "marker"),
        MEMBERSHIP: path.join(this.directory, "membership"),
        BOOT_FINISHED: path.join(this.directory, "boot-finished"),
        LOCK: path.join(this.directory, "lock"),
        LOG: path.join(this.directory, "log"),
        ROUTES: path.join(this.directory, "routes"),
        ...env,
      },
    });
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

  public remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function where(tool: string): string {
  const directory = ["/usr/local/bin", "/usr/bin", "/bin"].find(one => existsSync(path.join(one, tool)));
  if (!directory) throw new Error(`these tests need ${tool}`);
  return path.join(directory, tool);
}

/** Waits until a script that runs on the host has looked at its swarm so many times, or has ended. */
export async function looked(host: FakeHost, times: number, running: Promise<unknown>): Promise<void> {
  const run = { ended: false };
  void running.finally(() => (run.ended = true));
  const looks = () => host.calls().filter(call => call.endsWith("http://docker/swarm")).length;
  while (!run.ended && looks() < times) await new Promise(resolve => setTimeout(resolve, 20));
}
