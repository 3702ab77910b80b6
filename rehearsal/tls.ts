import { createHash } from "node:crypto";

import { utils } from "ssh2";

import type { Handler } from "./entry";

/** `tls:index/privateKey:PrivateKey`, for ED25519 alone. */
export const privateKey: Handler = {
  replaceOn: ["algorithm", "ecdsaCurve", "rsaBits"],
  secretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  create({ algorithm }) {
    if (algorithm !== "ED25519")
      return Promise.reject(new Error(`the rehearsal makes keys of ED25519 only, not ${String(algorithm)}`));
    const pair = generate();
    const bytes = Buffer.from(pair.public.split(" ")[1] ?? "", "base64");
    const sha256 = createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "");
    return Promise.resolve({
      id: createHash("sha1").update(bytes).digest("hex"),
      outputs: {
        privateKeyOpenssh: pair.private,
        publicKeyOpenssh: `${pair.public}\n`,
        publicKeyFingerprintSha256: `SHA256:${sha256}`,
      },
    });
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
