import { X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { request } from "node:https";
import * as path from "node:path";

import execa from "execa";

/** Who somebody claims to be. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** What an engine answered: its node's ID, or why it turned the caller away. */
export type Answer = { readonly nodeId: string } | { readonly turnedAway: string };

/** Asks an engine who it is, over TLS on 2376, and believes only a server whom `ca` vouches for. */
export function askEngine(host: string, ca: string, identity?: Identity): Promise<Answer> {
  return new Promise(resolve => {
    const away = (error: Error) => resolve({ turnedAway: error.message });
    const call = request(
      {
        host,
        port: 2376,
        path: "/info",
        ca,
        agent: false,
        timeout: 5000,
        ...(identity ? { cert: identity.certificate, key: identity.key } : {}),
      },
      response => {
        let text = "";
        response.on("data", chunk => (text += String(chunk)));
        response.on("error", away);
        response.on("end", () =>
          resolve(
            response.statusCode === 200
              ? { nodeId: (JSON.parse(text) as { Swarm: { NodeID: string } }).Swarm.NodeID }
              : { turnedAway: `${response.statusCode}: ${text}` },
          ),
        );
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer within 5 s")));
    call.on("error", away);
    call.end();
  });
}

/**
 * An authority of the same name as another one, and a client's pair that it signed: the machine's `openssl` makes them.
 * @param dir - Is made, and gets the files.
 * @param like - The other authority's certificate.
 */
export async function foreignAuthority(
  dir: string,
  like: string,
): Promise<{ readonly ca: string; readonly identity: Identity }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const make = (name: string, subject: string, ...more: string[]) => {
    const files = ["-keyout", `${name}-key.pem`, "-out", `${name}.pem`];
    return execa("openssl", ["req", "-x509", ...key, ...files, "-subj", subject, "-days", "1", ...more], {
      cwd: dir,
    });
  };
  const subject = `/${new X509Certificate(like).subject.replaceAll("\n", "/")}`;
  await make("ca", subject);
  const signed = ["-CA", "ca.pem", "-CAkey", "ca-key.pem"];
  await make("client", "/CN=client", ...signed, "-addext", "extendedKeyUsage=clientAuth");
  const read = (file: string) => readFile(path.join(dir, file), "utf8");
  return {
    ca: await read("ca.pem"),
    identity: { certificate: await read("client.pem"), key: await read("client-key.pem") },
  };
}
