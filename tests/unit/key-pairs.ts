import { generateKeyPairSync } from "node:crypto";

import { generatePrivateKey, type PrivateKey } from "sshpk";

/** A key pair as `ssh-keygen` writes it. */
export interface Pair {
  readonly publicKey: string;
  readonly privateKey: string;
  /** As DigitalOcean shows it. */
  readonly fingerprint: string;
}

function pair(key: PrivateKey): Pair {
  return {
    publicKey: `${key.toPublic().toString("ssh")} me@laptop\n`,
    privateKey: key.toString("openssh"),
    fingerprint: key.toPublic().fingerprint("md5").toString("hex"),
  };
}

/** Made for this run. */
export const ED25519 = pair(generatePrivateKey("ed25519"));
export const OTHER = pair(generatePrivateKey("ed25519"));
export const ECDSA = pair(generatePrivateKey("ecdsa"));

const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const DSA = generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey;
const CIPHER = { cipher: "aes-256-cbc", passphrase: "a passphrase" };

/** Private keys in forms that can be used. */
export const USABLE: Readonly<Record<string, string>> = {
  "Ed25519 in OpenSSH's form": ED25519.privateKey,
  "ECDSA in OpenSSH's form": ECDSA.privateKey,
  "RSA in PEM (PKCS 1)": RSA.export({ type: "pkcs1", format: "pem" }).toString(),
  "RSA in PEM (PKCS 8)": RSA.export({ type: "pkcs8", format: "pem" }).toString(),
  "Ed25519 in PEM (PKCS 8)": generateKeyPairSync("ed25519")
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString(),
  "ECDSA in PEM (SEC 1)": generateKeyPairSync("ec", { namedCurve: "P-384" })
    .privateKey.export({ type: "sec1", format: "pem" })
    .toString(),
  "with line ends of Windows": ED25519.privateKey.replaceAll("\n", "\r\n"),
  "without its last line end": ED25519.privateKey.trim(),
};

/** What is given in place of a private key, and what is said of it. */
export const UNUSABLE: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  "OpenSSH's with a passphrase": [
    generatePrivateKey("ed25519")
      .toBuffer("ssh-private", { passphrase: "a passphrase", cipher: "aes256-ctr" } as object)
      .toString(),
    /^has a passphrase/,
  ],
  "PEM (PKCS 1) with a passphrase": [
    RSA.export({ type: "pkcs1", format: "pem", ...CIPHER }).toString(),
    /^has a passphrase/,
  ],
  "PEM (PKCS 8) with a passphrase": [
    RSA.export({ type: "pkcs8", format: "pem", ...CIPHER }).toString(),
    /^has a passphrase/,
  ],
  DSA: [
    DSA.export({ type: "pkcs8", format: "pem" }).toString(),
    /^is of type DSA: it takes an RSA, ECDSA or/,
  ],
  "another curve": [
    generateKeyPairSync("x25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    /^cannot be read: it is damaged, or of a type that is not supported/,
  ],
  "PuTTY's": [
    "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\nAAAAC3Nz\n",
    /^is in PuTTY's form \(\.ppk\): export it in OpenSSH's/,
  ],
  "the public key": [ED25519.publicKey, /^is a public key, where the private one belongs/],
  "the public key in PEM": [
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
    /^is a public key/,
  ],
  "a path": [
    "/home/me/.ssh/id_ed25519",
    /^is no key, but perhaps the path of one: give the key itself: `pulumi/,
  ],
  "a path with a tilde": ["~/.ssh/id_ed25519\n", /^is no key, but perhaps the path of one/],
  nothing: [" \n", /^is empty/],
  "half of it": [ED25519.privateKey.slice(0, 200), /^cannot be read: it is damaged/],
  "its lines joined": [ED25519.privateKey.replaceAll("\n", " "), /^cannot be read|its lines were changed/],
  "its lines indented": [
    ED25519.privateKey.replaceAll(/^/gm, "  "),
    /^is no private key, or its lines were changed/,
  ],
  "a certificate": [
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    /^is no private key, or its lines were changed/,
  ],
};
