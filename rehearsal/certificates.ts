/** `tls:index/*` beyond SSH keys, made by the `openssl` of the machine. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

import { type Handler, type Made, type Props, text, texts } from "./entry";

const EXTENDED = new Map([
  ["server_auth", "serverAuth"],
  ["client_auth", "clientAuth"],
]);
const ALWAYS = ["privateKeyPem", "subject", "allowedUses", "validityPeriodHours"];

/** The PEM of a new ECDSA key on P-256. */
export async function ecdsaKey(): Promise<string> {
  return openssl({}, ["ecparam", "-name", "prime256v1", "-genkey", "-noout"]);
}

export const certRequest: Handler = {
  replaceOn: [...ALWAYS, "dnsNames", "ipAddresses"],
  async create(inputs) {
    const names = [
      ...texts(inputs.dnsNames).map(name => `DNS:${name}`),
      ...texts(inputs.ipAddresses).map(address => `IP:${address}`),
    ].join(",");
    const command = ["req", "-new", "-key", "key.pem", "-subj", subject(inputs)];
    if (names !== "") command.push("-addext", `subjectAltName=${names}`);
    return made("certRequestPem", await openssl({ "key.pem": text(inputs.privateKeyPem) }, command));
  },
};

export const selfSignedCert: Handler = {
  replaceOn: [...ALWAYS, "isCaCertificate"],
  async create(inputs) {
    const command = ["req", "-x509", "-new", "-key", "key.pem", "-subj", subject(inputs)];
    command.push("-days", days(inputs), "-addext", "keyUsage=critical,keyCertSign,cRLSign");
    return made("certPem", await openssl({ "key.pem": text(inputs.privateKeyPem) }, command));
  },
};

export const locallySignedCert: Handler = {
  replaceOn: ["certRequestPem", "caCertPem", "caPrivateKeyPem", "allowedUses", "validityPeriodHours"],
  async create(inputs) {
    const uses = texts(inputs.allowedUses).flatMap(use => EXTENDED.get(use) ?? []);
    const files = {
      "request.pem": text(inputs.certRequestPem),
      "ca.pem": text(inputs.caCertPem),
      "ca-key.pem": text(inputs.caPrivateKeyPem),
      extensions: `basicConstraints=critical,CA:FALSE\nextendedKeyUsage=${uses.join(",")}\n`,
    };
    const command = ["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem"];
    command.push("-CAcreateserial", "-copy_extensions", "copy", "-extfile", "extensions");
    return made("certPem", await openssl(files, [...command, "-days", days(inputs)]));
  },
};

function made(output: string, pem: string): Made {
  return { id: createHash("sha1").update(pem).digest("hex"), outputs: { [output]: pem } };
}

function subject({ subject: given }: Props): string {
  const { commonName } = (given ?? {}) as { commonName?: string };
  return `/CN=${(commonName ?? "").replaceAll("/", "\\/")}`;
}

function days({ validityPeriodHours }: Props): string {
  return String(Math.ceil(Number(validityPeriodHours) / 24));
}

/** Runs openssl in a directory of its own, which this user alone reads, and gives its stdout. */
async function openssl(
  files: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), "rehearsal-openssl-"));
  try {
    for (const [name, content] of Object.entries(files))
      await writeFile(path.join(cwd, name), content ?? "", { mode: 0o600 });
    const { stdout } = await execa("openssl", args, { cwd });
    return `${stdout}\n`;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
