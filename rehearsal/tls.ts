import { createHash } from "node:crypto";

import { utils } from "ssh2";

import { ecdsaKey } from "./certificates";
import type { Handler } from "./entry";

/** `tls:index/privateKey:PrivateKey`: ED25519 in OpenSSH's form, for logins, and ECDSA in PEM, for certificates. */
export const privateKey: Handler = {
  replaceOn: ["algorithm", "ecdsaCurve", "rsaBits"],
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  async create({ algorithm, ecdsaCurve }) {
    if (algorithm === "ECDSA" && ecdsaCurve === "P256") {
      const privateKeyPem = await ecdsaKey();
      const id = createHash("sha1").update(privateKeyPem).digest("hex");
      return { id, outputs: { privateKeyPem } };
    }
    if (algorithm !== "ED25519")
      throw new Error(`the rehearsal makes keys of ED25519 and ECDSA (P256) only, not ${String(algorithm)}`);
    const pair = generate();
    const bytes = Buffer.from(pair.public.split(" ")[1] ?? "", "base64");
    const sha256 = createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "");
    return {
      id: createHash("sha1").update(bytes).digest("hex"),
      outputs: {
        privateKeyOpenssh: pair.private,
        publicKeyOpenssh: `${pair.public}\n`,
        publicKeyFingerprintSha256: `SHA256:${sha256}`,
      },
    };
  },
};

/** One pair in 150 that ssh2 1.17 makes cannot be read, not even by itself. */
function generate(): { private: string; public: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    const readable = [pair.private, pair.public].every(key => !(utils.parseKey(key) instanceof Error));
    if (readable) return pair;
  }
}
