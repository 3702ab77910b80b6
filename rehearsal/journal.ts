import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";

import { isAlive } from "../lab/engine/wait";
import type { Entry, Props } from "./entry";
import { KnownSecrets, openEntry, Seal, sealEntry } from "./seal";

/** The stack's outputs, and which of them are secret. */
export interface StackOutputs {
  readonly values: Props;
  readonly secrets: readonly string[];
}

/** A line of the journal. */
type Line =
  | { readonly version: 1; readonly salt?: string; readonly check: unknown }
  | { readonly put: readonly Entry[] }
  | { readonly drop: number }
  | { readonly outputs: StackOutputs }
  | { readonly provider: Props };

/**
 * What a stack is made of: a file of JSON lines that is appended to after each step, so that a run that is killed
 * loses at most the step that it was in. Appending is synchronous, so lines never mix.
 */
export class Journal {
  private readonly entries = new Map<number, Entry>();
  private readonly known = new KnownSecrets();
  private stored: StackOutputs = { values: {}, secrets: [] };
  private settings: Props = {};
  private next = 1;

  private constructor(
    private readonly dir: string,
    private readonly seal: Seal,
    private readonly salt: string | undefined,
  ) {}

  /**
   * Opens a stack's journal, or begins one, and takes the stack's lock.
   * @throws Error when another run holds the lock, or when the passphrase is another one.
   */
  public static open(dir: string, passphrase = process.env.PULUMI_CONFIG_PASSPHRASE): Journal {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    takeLock(path.join(dir, "lock"));
    const lines = readLines(path.join(dir, "journal.jsonl"));
    const head = lines[0] && "version" in lines[0] ? lines[0] : undefined;
    if (head?.salt && !passphrase)
      throw new Error("the journal is encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE");
    const salt = head ? head.salt : passphrase ? randomBytes(16).toString("hex") : undefined;
    const seal = Seal.from(salt && passphrase ? { passphrase, salt } : keyFile(path.join(dir, "key")));
    try {
      seal.open(head?.check);
    } catch {
      throw new Error("the journal was encrypted with another passphrase or key");
    }
    const journal = new Journal(dir, seal, salt);
    for (const line of lines) journal.replay(line);
    journal.compact();
    return journal;
  }

  /** Everything that exists, in order of creation. */
  public all(): Entry[] {
    return [...this.entries.values()].sort((one, other) => one.seq - other.seq);
  }

  /** The one resource that stands for this URN now. */
  public current(urn: string): Entry | undefined {
    for (const entry of this.entries.values()) if (entry.urn === urn && !entry.replaced) return entry;
    return undefined;
  }

  public newSeq(): number {
    return this.next++;
  }

  /** Adds entries, or changes them, all at once. */
  public put(...entries: readonly Entry[]): void {
    for (const entry of entries) this.entries.set(entry.seq, entry);
    this.append({ put: entries.map(entry => sealEntry(entry, this.seal, this.known)) });
  }

  public drop(seq: number): void {
    this.entries.delete(seq);
    this.append({ drop: seq });
  }

  public get outputs(): StackOutputs {
    return this.stored;
  }

  public set outputs(outputs: StackOutputs) {
    this.stored = outputs;
    this.append({ outputs: this.sealOutputs() });
  }

  /** How the provider was last reached, for runs without configuration. */
  public get provider(): Props {
    return this.settings;
  }

  public set provider(settings: Props) {
    this.settings = settings;
    this.append({ provider: this.sealProvider() });
  }

  /** Writes it anew, with everything sealed that turned out to be secret meanwhile, and gives the lock back. */
  public close(): void {
    this.compact();
    rmSync(path.join(this.dir, "lock"), { force: true });
  }

  private compact(): void {
    // Twice: what is learned from the last entry may be within the first.
    for (const entry of this.entries.values()) sealEntry(entry, this.seal, this.known);
    const lines: Line[] = [
      { version: 1, ...(this.salt === undefined ? {} : { salt: this.salt }), check: this.seal.close("ok") },
      ...this.all().map(entry => ({ put: [sealEntry(entry, this.seal, this.known)] })),
      { outputs: this.sealOutputs() },
      { provider: this.sealProvider() },
    ];
    const file = path.join(this.dir, "journal.jsonl");
    writeFileSync(`${file}.new`, lines.map(line => `${JSON.stringify(line)}\n`).join(""), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  private append(line: Line): void {
    appendFileSync(path.join(this.dir, "journal.jsonl"), `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }

  private replay(line: Line): void {
    if ("put" in line) {
      for (const entry of line.put) {
        this.entries.set(entry.seq, openEntry(entry, this.seal));
        this.next = Math.max(this.next, entry.seq + 1);
      }
    } else if ("drop" in line) this.entries.delete(line.drop);
    else if ("outputs" in line) this.stored = { ...line.outputs, values: this.openAll(line.outputs.values) };
    else if ("provider" in line) this.settings = this.openAll(line.provider);
  }

  private sealOutputs(): StackOutputs {
    const { values, secrets } = this.stored;
    for (const key of secrets) this.known.learn(values[key]);
    const sealed = Object.entries(values).map(([key, value]) => [
      key,
      secrets.includes(key) || this.known.within(value) ? this.seal.close(value) : value,
    ]);
    return { values: Object.fromEntries(sealed) as Props, secrets };
  }

  private sealProvider(): Props {
    return "token" in this.settings
      ? { ...this.settings, token: this.seal.close(this.settings.token) }
      : this.settings;
  }

  private openAll(props: Props): Props {
    return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, this.seal.open(value)]));
  }
}

/** The lines of a journal. A killed run may have left half a line at the end, and nothing depends on it. */
function readLines(file: string): Line[] {
  if (!existsSync(file)) return [];
  const complete = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return complete.map(line => JSON.parse(line) as Line);
}

function keyFile(file: string): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  return Buffer.from(readFileSync(file, "utf8"), "hex");
}

/** One run at a time. The lock of a process that is gone is taken over. */
function takeLock(file: string): void {
  const holder = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new Error(`the stack is currently locked by another run, process ${holder}`);
  rmSync(file, { force: true });
  writeFileSync(file, String(process.pid), { flag: "wx" });
}
