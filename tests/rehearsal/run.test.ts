import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import type { RunFailed, StackConfig, UpResult } from "../../drivers/driver";
import { RehearsalDriver } from "../../drivers/rehearsal";
import { FakeLab } from "./fake-lab";

const PROGRAM = path.join(__dirname, "program.ts");
const USER_DATA = "user data with a private key in it";

let lab: FakeLab;
let driver: RehearsalDriver;
let dir: string;

async function begin(): Promise<void> {
  lab = new FakeLab();
  await lab.start();
  dir = await mkdtemp(path.join(tmpdir(), "rehearsal-test-"));
  driver = new RehearsalDriver(path.join(dir, "state"), "test", PROGRAM);
}

async function end(): Promise<void> {
  await lab.stop();
  await rm(dir, { recursive: true });
}

function config(changes: Record<string, unknown> = {}): StackConfig {
  const values = {
    count: 2,
    size: "s-1vcpu-1gb",
    port: "22",
    userData: USER_DATA,
    about: "first",
    sshPort: lab.sshPort,
    hostKey: lab.hostKey,
    ...changes,
  };
  const own = Object.entries(values).map(([key, value]) => [`digitalocean-swarm:${key}`, value]);
  return {
    "digitalocean:apiEndpoint": lab.endpoint,
    "digitalocean:token": "a token of the lab",
    ...(Object.fromEntries(own) as StackConfig),
  };
}

/** What happened since the last call: requests in order, then Commands by name. */
function happened(): string[] {
  return [
    ...lab.requests.splice(0),
    ...lab.ran
      .splice(0)
      .map(({ line }) => `ssh ${line}`)
      .sort(),
  ];
}

const failure = (run: Promise<unknown>): Promise<RunFailed> =>
  run.then(
    () => Promise.reject(new Error("it did not fail")),
    (error: unknown) => error as RunFailed,
  );

describe("in the life of a stack it", () => {
  beforeAll(begin);
  afterAll(end);
  beforeEach(() => happened());
  let outputs: UpResult["outputs"];

  test("says in a preview what would be made, and makes nothing", async () => {
    const { changes } = await driver.preview(config());
    expect(changes).toMatchObject({ create: 14 });
    expect(happened()).toEqual([]);
  });

  test("makes everything, and keeps secrets out of the journal and of what is shown", async () => {
    const result = await driver.up(config());
    outputs = result.outputs;
    expect(result.changes).toEqual({ create: 14, update: 0, replace: 0, delete: 0, same: 0 });
    expect(lab.kinds()).toEqual([
      "droplets",
      "droplets",
      "firewalls",
      "keys",
      "reserved_ips",
      "tags",
      "vpcs",
    ]);
    expect(lab.ran.map(({ line }) => line).sort()).toEqual([
      "join node-0",
      "join node-1",
      "read-token of first",
    ]);
    expect(lab.ran.find(({ line }) => line === "join node-1")?.stdin).toBe("first did read-token of first");
    expect([...result.secretOutputs].sort()).toEqual(["privateKey", "secretToken"]);
    expect(outputs.secretToken).toBe("did read-token of first");
    const stored = await driver.storedState();
    expect([...stored.matchAll(/"deleteSeconds":300/g)]).toHaveLength(2);
    const secrets = [USER_DATA, "did read-token", "a token of the lab", "PRIVATE KEY"];
    for (const secret of [...secrets, String(outputs.privateKey)]) {
      expect(stored).not.toContain(secret);
      expect(result.log).not.toContain(secret);
    }
  });

  test("changes nothing the second time", async () => {
    const result = await driver.up(config());
    expect(result.changes).toEqual({ create: 0, update: 0, replace: 0, delete: 0, same: 14 });
    expect(result.log).toContain("nothing changed");
    expect(result.outputs).toEqual(outputs);
    expect(happened()).toEqual([]);
  });

  test("replaces a droplet: the new one first, and the old one leaves when all is done", async () => {
    const { changes } = await driver.up(config(), { replace: ["node-0"] });
    expect(changes).toEqual({ create: 0, update: 0, replace: 4, delete: 0, same: 10 });
    expect(lab.ran.map(({ line }) => line)).toEqual(["join node-0", "leave node-0"]);
    expect(lab.requests.map(line => line.replace(/[\d.]+/, "N"))).toEqual([
      "POST droplets",
      "POST reserved_ips/N/actions",
      "DELETE droplets/N",
    ]);
  });

  test("changes in place only what differs", async () => {
    const { changes } = await driver.up(config({ port: "2222", size: "s-2vcpu-4gb", about: "second" }));
    expect(changes).toEqual({ create: 0, update: 3, replace: 0, delete: 0, same: 11 });
    // The token ignores all changes, and the droplets a change of their size.
    expect(happened()).toEqual([
      expect.stringMatching("^PUT firewalls/"),
      "ssh join node-0",
      "ssh join node-1",
    ]);
  });

  test("says in a preview what would change, and changes nothing", async () => {
    const { changes } = await driver.preview(
      config({ port: "2222", about: "second", userData: "x", count: 1 }),
    );
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 4, delete: 3 });
    expect(happened()).toEqual([]);
  });

  test("removes what the program has no more, with its delete script", async () => {
    const { changes } = await driver.up(config({ port: "2222", about: "second", count: 1 }));
    expect(changes).toEqual({ create: 0, update: 0, replace: 0, delete: 3, same: 11 });
    expect(happened()).toEqual([expect.stringMatching("^DELETE droplets/"), "ssh leave node-1"]);
  });

  test("makes anew with --refresh what is gone", async () => {
    for (const key of lab.things.keys()) if (key.startsWith("droplets/")) lab.things.delete(key);
    // The holder of the reserved IP is gone, and so is the assignment.
    for (const [key, thing] of lab.things) if (key.startsWith("reserved_ips/")) thing.droplet = null;
    const { changes } = await driver.up(config({ port: "2222", about: "second", count: 1 }), {
      refresh: true,
    });
    expect(changes).toEqual({ create: 2, update: 0, replace: 2, delete: 0, same: 7 });
    expect(happened().filter(line => line.startsWith("ssh"))).toEqual([
      "ssh join node-0",
      "ssh leave node-0",
    ]);
  });

  test("removes everything without SSH, in order", async () => {
    await driver.destroy();
    expect(lab.kinds()).toEqual([]);
    const deletes = happened();
    expect(deletes.filter(line => line.startsWith("ssh"))).toEqual([]);
    const at = (kind: string) => deletes.findIndex(line => line.startsWith(`DELETE ${kind}`));
    expect(at("droplets")).toBeLessThan(at("firewalls"));
    expect(at("firewalls")).toBeLessThan(at("tags"));
    expect(at("droplets")).toBeLessThan(at("vpcs"));
  });
});

describe("when something goes wrong it", () => {
  beforeEach(begin);
  afterEach(end);

  test("goes on after a failure, and meanwhile deletes nothing", async () => {
    lab.failing.add("join node-0");
    const error = await failure(driver.up(config()));
    expect(error.message).toContain('node-0-join: Process exited with status 1: running "join node-0":\n');
    expect(error.log).not.toContain("node-0-leave created");
    expect(error.log).toContain("node-1-leave created");
    lab.failing.clear();
    happened();
    const { changes } = await driver.up(config());
    expect(changes).toMatchObject({ create: 3, same: 11 });
    expect(happened()).toEqual([expect.stringMatching("^POST reserved_ips/"), "ssh join node-0"]);
  });

  test("fails to delete what is gone, unless it looks first", async () => {
    await driver.up(config());
    for (const key of lab.things.keys()) if (key.startsWith("droplets/")) lab.things.delete(key);
    expect((await failure(driver.destroy())).message).toContain("404");
    await driver.destroy({ refresh: true });
    expect(lab.kinds()).toEqual([]);
  });

  test("dials again as often as it was told, and believes no other host key", async () => {
    const wrong = await failure(driver.up(config({ hostKey: new FakeLab().hostKey })));
    expect(wrong.message).toContain(
      "token: after 3 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
    const closed = await failure(driver.up(config({ sshPort: 1 })));
    expect(closed.message).toContain(
      "after 3 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused",
    );
  });

  test("does not dial with a key that cannot be read, or beside an agent that is gone", async () => {
    const unreadable = await failure(driver.up(config({ privateKey: "~/.ssh/id_ed25519" })));
    expect(unreadable.message).toContain("token: ssh: the private key cannot be read");
    expect(unreadable.message).not.toContain("attempts");
    const env = { SSH_AUTH_SOCK: path.join(dir, "no-agent") };
    const gone = await failure(driver.up(config(), { env }));
    expect(gone.message).toMatch(/token: dial unix .*no-agent: connect ENOENT/);
    expect(gone.message).not.toContain("attempts");
    expect(lab.ran).toEqual([]);
  });

  test("was killed, loses nothing that was finished", async () => {
    const kill = new AbortController();
    const onOutput = (text: string) => {
      if (text.includes("node-0 created")) kill.abort();
    };
    await failure(driver.up(config(), { kill: kill.signal, onOutput }));
    const { changes } = await driver.up(config());
    expect(changes.same).toBeGreaterThan(0);
    expect(changes.create + changes.same).toBe(14);
  });

  test("refuses DigitalOcean itself", async () => {
    const error = await failure(
      driver.up({ ...config(), "digitalocean:apiEndpoint": "https://api.digitalocean.com" }),
    );
    expect(error.message).toContain("on a lab only");
  });
});
