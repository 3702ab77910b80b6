import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { utils } from "ssh2";

import { deleteInOrder } from "../../rehearsal/deletes";
import { autoName, decide, withIgnored } from "../../rehearsal/diff";
import type { Entry } from "../../rehearsal/entry";
import { Journal } from "../../rehearsal/journal";
import { privateKey } from "../../rehearsal/tls";

function entry(seq: number, changes: Partial<Entry> = {}): Entry {
  const name = changes.name ?? `r${seq}`;
  return {
    seq,
    urn: `urn:${name}`,
    type: "a:b:C",
    name,
    id: String(seq),
    inputs: {},
    outputs: {},
    secrets: [],
    autoNamed: false,
    dependencies: [],
    ...changes,
  };
}

describe("decide", () => {
  const handler = { replaceOn: ["image"], update: () => Promise.resolve({}) };
  const old = { inputs: { image: "a", tags: ["x"] } };

  test.each([
    ["nothing there", undefined, { image: "a" }, false, "create", []],
    ["the same", old, { tags: ["x"], image: "a" }, false, "same", []],
    ["in place", old, { image: "a", tags: ["y"] }, false, "update", ["tags"]],
    ["an input that went", old, { image: "a" }, false, "update", ["tags"]],
    ["another one", old, { image: "b", tags: ["y"] }, false, "replace", ["image", "tags"]],
    ["forced", old, { image: "a", tags: ["x"] }, true, "replace", []],
  ])("%s", (_what, before, wanted, forced, op, changed) => {
    expect(decide(handler, before, wanted, forced)).toEqual({ op, changed });
  });

  test("what cannot be updated is replaced", () => {
    expect(decide({ replaceOn: [] }, old, { image: "b", tags: ["x"] }).op).toBe("replace");
  });
});

describe("withIgnored", () => {
  test("the old value wins, also where there was none", () => {
    expect(withIgnored({ a: 2, b: 2, c: 2 }, { a: 1, b: 1 }, ["a", "c"])).toEqual({ a: 1, b: 2 });
  });
  test("* is everything", () => expect(withIgnored({ a: 2, b: 3 }, { a: 1 }, ["*"])).toEqual({ a: 1 }));
  test("a new resource ignores nothing", () =>
    expect(withIgnored({ a: 2 }, undefined, ["*"])).toEqual({ a: 2 }));
  test("refuses what it cannot do", () => {
    expect(() => withIgnored({}, {}, ["a[0]"])).toThrow("whole inputs only");
  });
});

test("automatic names end in seven hexadecimal digits", () => {
  expect(autoName("swarm-manager-0")).toMatch(/^swarm-manager-0-[0-9a-f]{7}$/);
});

describe("deleteInOrder", () => {
  async function order(entries: readonly Entry[], failing: readonly string[] = []): Promise<string[]> {
    const seen: string[] = [];
    await deleteInOrder(entries, async ({ name }) => {
      await new Promise(resolve => setImmediate(resolve));
      seen.push(name);
      return !failing.includes(name);
    });
    return seen;
  }
  const chain = [
    entry(1, { name: "firewall" }),
    entry(2, { name: "droplet", dependencies: ["urn:firewall"] }),
    entry(3, { name: "leave", dependencies: ["urn:droplet"] }),
  ];

  test("what was made from a thing goes before it", async () => {
    expect(await order(chain)).toEqual(["leave", "droplet", "firewall"]);
  });
  test("what failed keeps what it was made from", async () => {
    expect(await order([...chain, entry(4)], ["droplet"])).toEqual(["r4", "leave", "droplet"]);
  });
  test("both of a replaced pair wait for what depends on them", async () => {
    const old = entry(0, { name: "droplet", replaced: true });
    expect((await order([old, ...chain]))[0]).toBe("leave");
  });
  test("a circle ends", async () => {
    const circle = [entry(1, { dependencies: ["urn:r2"] }), entry(2, { dependencies: ["urn:r1"] })];
    expect(await order(circle)).toEqual(["r2", "r1"]);
  });
});

describe("Journal", () => {
  const SECRET = "SWMTKN-1-0123456789abcdef";
  let dir: string;
  beforeAll(() => {
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
  });
  beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), "journal-"))));
  afterEach(() => rmSync(dir, { recursive: true }));
  const stored = () => readFileSync(path.join(dir, "journal.jsonl"), "utf8");
  const token = entry(1, { outputs: { stdout: SECRET, stderr: "ok" }, secrets: ["stdout"] });

  test.each([
    ["a passphrase", "correct horse"],
    ["a key file", undefined],
  ])("holds no secret in clear, and gives it back, with %s", (_what, passphrase) => {
    const journal = Journal.open(dir, passphrase);
    journal.put(token);
    // Nobody said that this one is secret.
    journal.put(entry(2, { inputs: { stdin: [`join with ${SECRET}`], host: "198.18.0.2" } }));
    journal.provider = { endpoint: "http://127.0.0.1", token: "lab token" };
    journal.outputs = { values: { token: SECRET, again: `x${SECRET}` }, secrets: ["token"] };
    expect(stored()).not.toContain(SECRET);
    journal.close();
    expect(stored()).not.toMatch(`${SECRET}|lab token`);
    expect(stored()).toContain("198.18.0.2");
    const again = Journal.open(dir, passphrase);
    expect(again.all()).toEqual(journal.all());
    expect(again.outputs).toEqual(journal.outputs);
    expect(again.provider).toEqual(journal.provider);
    again.close();
  });

  test("seals at the end what turned out to be secret later", () => {
    const journal = Journal.open(dir);
    journal.put(entry(2, { inputs: { create: `join ${SECRET}` } }), token);
    journal.close();
    expect(stored()).not.toContain(SECRET);
  });

  test("is refused with another passphrase", () => {
    Journal.open(dir, "one").close();
    expect(() => Journal.open(dir, "other")).toThrow("another passphrase");
  });

  test("goes on after a run that was killed while it wrote", () => {
    const journal = Journal.open(dir);
    journal.put(token);
    const file = path.join(dir, "journal.jsonl");
    appendFileSync(file, '{"drop":');
    expect(Journal.open(dir).all()).toEqual([token]);
  });

  test("is nobody else's to read", () => {
    Journal.open(dir).close();
    for (const file of ["key", "journal.jsonl"]) expect(statSync(path.join(dir, file)).mode & 0o077).toBe(0);
  });

  test("is locked by one run at a time", () => {
    Journal.open(dir);
    writeFileSync(path.join(dir, "lock"), String(process.ppid));
    expect(() => Journal.open(dir)).toThrow("currently locked");
  });
});

test("generated keys can be read again", async () => {
  for (let i = 0; i < 50; i++) {
    const { outputs } = await privateKey.create({ algorithm: "ED25519" }, "key");
    expect(utils.parseKey(String(outputs.privateKeyOpenssh))).not.toBeInstanceOf(Error);
    expect(outputs.publicKeyOpenssh).toMatch(/^ssh-ed25519 \S+\n$/);
  }
});
