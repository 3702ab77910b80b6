/**
 * `npm run bench -- limits`: how long DigitalOcean's request limits make a large cluster take. The lab's API counts
 * requests as DigitalOcean says it does; its droplets boot nothing.
 */
import { rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

import { CliDriver } from "../../drivers/cli";
import { createApi } from "../../lab/api/server";
import { NoHosts } from "../../lab/hosts/none";

/** What a run came to. */
export interface LimitsFigures {
  readonly droplets: number;
  readonly seconds: number;
  /** By status: 2xx, 429 ... */
  readonly requests: Readonly<Record<string, number>>;
  /** Requests that were answered, minute by minute. */
  readonly perMinute: readonly number[];
  /** Steps that Pulumi took at a time, and what the provider was told to ask for per second. */
  readonly parallel: number;
  readonly requestsPerSecond: number;
  /** KiB of the stack's state for each droplet. */
  readonly stateKib: number;
}

/** As long as droplets take at DigitalOcean, or longer. */
const BOOT_MS = 20_000;
const LONGEST_SECONDS = 3600;

/** Brings so many droplets up. @throws If one fails. */
export async function measureLimits(
  droplets: number,
  { parallel, requestsPerSecond }: { readonly parallel: number; readonly requestsPerSecond: number },
  scratch: string,
): Promise<LimitsFigures> {
  const api = await createApi({
    hosts: new NoHosts({ bootMs: BOOT_MS }),
    publicRange: "198.19.0.0/16",
    limits: { dropletLimit: droplets },
  });
  const answered: { status: number; at: number }[] = [];
  api.app.server.on("request", (_request, response: ServerResponse) => {
    response.on("finish", () => answered.push({ status: response.statusCode, at: Date.now() }));
  });
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  const dir = path.join(scratch, "limits");
  await rm(dir, { recursive: true, force: true });
  const driver = new CliDriver(dir, "bench", { name: "limits", main: path.join(__dirname, "droplets.ts") });
  try {
    const { started, seconds } = await driver.up(
      {
        "digitalocean:apiEndpoint": `http://127.0.0.1:${port}`,
        "digitalocean:token": "lab",
        "digitalocean:requestsPerSecond": String(requestsPerSecond),
        "limits:count": String(droplets),
      },
      { parallel, longest: LONGEST_SECONDS },
    );
    const state = await driver.storedState();
    return {
      droplets,
      seconds,
      parallel,
      requestsPerSecond,
      requests: countBy(answered.map(({ status }) => (status < 300 ? "2xx" : String(status)))),
      perMinute: Object.values(
        countBy(answered.map(({ at }) => String(Math.floor((at - started) / 60_000)))),
      ),
      stateKib: state.length / 1024 / droplets,
    };
  } finally {
    await api.close();
  }
}

function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
