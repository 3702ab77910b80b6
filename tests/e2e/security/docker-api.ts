import { request } from "node:https";

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
