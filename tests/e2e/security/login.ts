import { type AnyAuthMethod, Client } from "ssh2";

/** What came of a login. */
export interface Login {
  readonly letIn: boolean;
  /** Methods that the server offered to somebody who showed nothing. */
  readonly offered: readonly string[];
}

/**
 * Tries to log in with one credential, after having asked with none what is offered.
 * @throws If it fails otherwise than by being turned away.
 */
export function tryLogin(host: string, credential?: AnyAuthMethod): Promise<Login> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let offered: readonly string[] = [];
    const methods: AnyAuthMethod[] = [{ type: "none", username: credential?.username ?? "root" }];
    if (credential) methods.push(credential);
    const settle = (letIn: boolean) => {
      client.end();
      resolve({ letIn, offered });
    };
    client.on("ready", () => settle(true));
    client.on("error", error => {
      if (error.level === "client-authentication") settle(false);
      else reject(new Error(`${host}: ${error.message}`, { cause: error }));
    });
    client.connect({
      host,
      username: credential?.username ?? "root",
      readyTimeout: 10_000,
      authHandler: (left, _partial, next) => {
        // The first time there is nothing to choose from yet.
        if (Array.isArray(left)) offered = left;
        // `false` ends it, which the types do not know.
        (next as (method: unknown) => void)(methods.shift() ?? false);
      },
    });
  });
}
