import { createRequire } from "node:module";

import type * as Sshpk from "sshpk";

import type { Fault } from "../faults";
import { isPlain, type Reader } from "../reader";
import type { SshOptions } from "./args";

/** What is known of the keys that log in; what is still an Output is left out. */
export interface KnownKeys {
  readonly publicKey?: string;
  readonly privateKey?: string;
  /** Id or fingerprint of a key of the account. */
  readonly existingKey?: string | number;
}

/** What DigitalOcean shows as a key's fingerprint: MD5. */
const FINGERPRINT = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/i;
/** What logs in everywhere: sshd takes no DSA any more, and the provider reads no other. */
const TYPES = ["rsa", "ecdsa", "ed25519"];
const PRIVATE_FORMS = "an RSA, ECDSA or Ed25519 key in OpenSSH's or PEM form";
const LISTED = "`doctl compute ssh-key list` shows them";
const NO_PAIR_OF_ACCOUNT = "is another key than `privateKey`: the two are no pair";
const fromFile = (path: string) =>
  `give the key itself: \`pulumi config set --secret --path ${path} < FILE\``;

/** Whether it is a fingerprint, not an id. */
export function isFingerprint(key: string | number): boolean {
  return FINGERPRINT.test(String(key));
}

/** Every fault of the keys, by itself and as a pair. No value is part of a reason. */
export function keyFaults({ publicKey, privateKey, existingKey }: KnownKeys): Fault[] {
  const faults: Fault[] = [];
  const read = <T>(path: string, parse: () => T | string): T | undefined => {
    const key = parse();
    if (typeof key !== "string") return key;
    faults.push({ path, reason: key });
    return undefined;
  };
  const secret = read("ssh.privateKey", () =>
    privateKey === undefined ? undefined : readPrivate(privateKey),
  );
  const open = read("ssh.publicKey", () => (publicKey === undefined ? undefined : readPublic(publicKey)));
  if (secret && open && !isPair(secret, open))
    faults.push({
      path: "ssh.publicKey",
      reason: "is not the public key of `privateKey`: the two are no pair",
    });
  if (existingKey === undefined) return faults;
  if (!isFingerprint(existingKey) && !/^\d+$/.test(String(existingKey)))
    faults.push({
      path: "ssh.existingKey",
      reason: `is neither the id of a key of the account, such as 512190, nor its fingerprint: ${LISTED}`,
    });
  else if (
    secret &&
    isFingerprint(existingKey) &&
    fingerprintOf(secret) !== String(existingKey).toLowerCase()
  )
    faults.push({ path: "ssh.existingKey", reason: NO_PAIR_OF_ACCOUNT });
  return faults;
}

/** Notes every fault of the keys that are known already. */
export function checkSsh(reader: Reader, ssh: SshOptions = {}): void {
  const { publicKey, privateKey, existingKey } = ssh;
  const others = [publicKey, existingKey].filter(key => key !== undefined).length;
  if (others !== (privateKey === undefined ? 0 : 1))
    reader.fault(
      "ssh",
      "takes `privateKey` with `publicKey`, or `privateKey` with `existingKey`, or none of them for a generated pair",
    );
  const known = Object.entries({ publicKey, privateKey, existingKey }).filter(
    ([, key]) => key !== undefined && isPlain(key),
  );
  reader.faults.push(...keyFaults(Object.fromEntries(known)));
}

/** Whether the key of the account is there, with its public key, and the one whose private key is given. */
export function unknownToAccount({ existingKey, privateKey = "" }: KnownKeys, publicKey?: string): Fault[] {
  const path = "ssh.existingKey";
  if (publicKey === undefined)
    return [{ path, reason: `${String(existingKey)} is no key of the account: ${LISTED}` }];
  const [open, secret] = [readPublic(publicKey), readPrivate(privateKey)];
  const fits = typeof open !== "string" && typeof secret !== "string" && isPair(secret, open);
  return fits ? [] : [{ path, reason: NO_PAIR_OF_ACCOUNT }];
}

/** Why a private key cannot be used; no value is part of it. */
export function privateKeyFault(text: string, path: string): string | undefined {
  const key = readPrivate(text, path);
  return typeof key === "string" ? key : undefined;
}

/** Why a public key cannot be used. */
export function publicKeyFault(text: string): string | undefined {
  const key = readPublic(text);
  return typeof key === "string" ? key : undefined;
}

/** A private key, or why it is none that can be used. */
function readPrivate(text: string, path = "ssh.privateKey"): Sshpk.PrivateKey | string {
  if (text.trim() === "") return "is empty";
  if (/^PuTTY-User-Key-File-/m.test(text))
    return "is in PuTTY's form (.ppk): export it in OpenSSH's, `puttygen KEY.ppk -O private-openssh -o FILE`";
  if (/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ |^-----BEGIN (RSA |SSH2 )?PUBLIC KEY/m.test(text))
    return `is a public key, where the private one belongs: ${PRIVATE_FORMS}`;
  // The provider finds it at the start of a line alone.
  if (!/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/m.test(text))
    return text.includes("-----BEGIN") || text.trim().includes("\n")
      ? `is no private key, or its lines were changed: it takes ${PRIVATE_FORMS}; ${fromFile(path)}`
      : `is no key, but perhaps the path of one: ${fromFile(path)}`;
  try {
    const key = sshpk().parsePrivateKey(text, "auto");
    return TYPES.includes(key.type) ? key : `is of type ${key.type.toUpperCase()}: it takes ${PRIVATE_FORMS}`;
  } catch (error) {
    return error instanceof Error && error.name === "KeyEncryptedError"
      ? "has a passphrase, which nobody could type in: give a copy without (`ssh-keygen -p -N '' -f COPY`), or leave both keys out for a generated pair"
      : `cannot be read: it is damaged, or of a type that is not supported; it takes ${PRIVATE_FORMS}`;
  }
}

/** A public key, or why it is none that can be used. */
function readPublic(text: string): Sshpk.Key | string {
  if (text.includes("PRIVATE KEY")) return "is a private key, where the public one belongs";
  const form = "it takes one line such as `ssh-ed25519 AAAA... comment`";
  if (!/^(ssh|ecdsa)-\S+ +\S+/.test(text.trim()) || text.trim().includes("\n"))
    return `is no public key in OpenSSH's form: ${form}`;
  try {
    const key = sshpk().parseKey(text.trim(), "ssh");
    return TYPES.includes(key.type)
      ? key
      : `is of type ${key.type.toUpperCase()}, which is not supported: use Ed25519`;
  } catch {
    return `cannot be read: ${form}`;
  }
}

function isPair(secret: Sshpk.PrivateKey, open: Sshpk.Key): boolean {
  return secret.toPublic().toBuffer("rfc4253", {}).equals(open.toBuffer("rfc4253", {}));
}

function fingerprintOf(key: Sshpk.PrivateKey): string {
  return key.toPublic().fingerprint("md5").toString("hex");
}

/** Loaded where keys are given: most programs have a generated pair, and need not wait for it. */
function sshpk(): typeof Sshpk {
  return createRequire(__filename)("sshpk") as typeof Sshpk;
}
