import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

import type { Entry, Props } from "./entry";

/** A value as it is stored when it is secret. */
interface Sealed {
  readonly $sealed: string;
}
/** Shorter texts of a secret (a port, `root`) would make everything a secret that happens to hold them. */
const TELLING_LENGTH = 16;

/** Encrypts single values with AES-256-GCM: stored are nonce, tag and text. */
export class Seal {
  private constructor(private readonly key: Buffer) {}

  /** A seal with a key of its own, or with one that is made from a passphrase. */
  public static from(secret: Buffer | { readonly passphrase: string; readonly salt: string }): Seal {
    return new Seal(
      Buffer.isBuffer(secret) ? secret : scryptSync(secret.passphrase, Buffer.from(secret.salt, "hex"), 32),
    );
  }

  public close(value: unknown): Sealed {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const body = Buffer.concat([cipher.update(JSON.stringify(value ?? null), "utf8"), cipher.final()]);
    return { $sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64") };
  }

  /** @throws Error when the key is another one. */
  public open(value: unknown): unknown {
    if (!isSealed(value)) return value;
    const bytes = Buffer.from(value.$sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return JSON.parse(
      Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString(),
    ) as unknown;
  }
}

function isSealed(value: unknown): value is Sealed {
  return typeof value === "object" && value !== null && "$sealed" in value;
}

function* leaves(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null)
    for (const inner of Object.values(value)) yield* leaves(inner);
}

/** All secret texts that are known, to find them again where nobody said that they are secret. */
export class KnownSecrets {
  private readonly texts = new Set<string>();

  public learn(value: unknown): void {
    for (const leaf of leaves(value)) if (leaf.trim().length >= TELLING_LENGTH) this.texts.add(leaf.trim());
  }

  public within(value: unknown): boolean {
    for (const leaf of leaves(value)) {
      if (leaf.length < TELLING_LENGTH) continue;
      for (const known of this.texts) if (leaf.includes(known)) return true;
    }
    return false;
  }
}

/** An entry with its secrets, the declared and the recognised ones, sealed. */
export function sealEntry(entry: Entry, seal: Seal, known: KnownSecrets): Entry {
  const declared = new Set(entry.secrets);
  for (const props of [entry.inputs, entry.outputs])
    for (const [key, value] of Object.entries(props)) if (declared.has(key)) known.learn(value);
  const sealed = (props: Props): Props =>
    Object.fromEntries(
      Object.entries(props).map(([key, value]) => [
        key,
        declared.has(key) || known.within(value) ? seal.close(value) : value,
      ]),
    );
  return { ...entry, inputs: sealed(entry.inputs), outputs: sealed(entry.outputs) };
}

/** The entry in clear text again. */
export function openEntry(entry: Entry, seal: Seal): Entry {
  const opened = (props: Props): Props =>
    Object.fromEntries(Object.entries(props).map(([key, value]) => [key, seal.open(value)]));
  return { ...entry, inputs: opened(entry.inputs), outputs: opened(entry.outputs) };
}
