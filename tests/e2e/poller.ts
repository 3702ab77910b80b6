import * as http from "node:http";

import { messageOf } from "../../lab/engine/errors";

/** Anything that is sampled beside a scenario, and says at the end what it missed. */
export interface Poller {
  /** Ends it and returns a line per sample that failed. */
  stop(): Promise<string[]>;
}

/** Calls `sample` every `everyMs` until stopped; a rejection is a failed sample. One sample at a time. */
export function poll(everyMs: number, sample: () => Promise<void>): Poller {
  const failures: string[] = [];
  const stop = new AbortController();
  const loop = (async () => {
    while (!stop.signal.aborted) {
      try {
        await sample();
      } catch (error) {
        failures.push(`${new Date().toISOString()} ${messageOf(error)}`);
      }
      await new Promise(resolve => setTimeout(resolve, everyMs));
    }
  })();
  return {
    async stop() {
      stop.abort();
      await loop;
      return failures;
    },
  };
}

/**
 * Asks a service through any of some hosts, as a load balancer would: the one that answered last first, then the
 * others. Rejects when none answers.
 */
export class BalancedClient {
  private good?: string;

  public constructor(
    private readonly port: number,
    private readonly hosts: () => Promise<readonly string[]>,
  ) {}

  public async ask(): Promise<void> {
    const hosts = await this.hosts();
    const inOrder = this.good && hosts.includes(this.good) ? [this.good, ...hosts] : hosts;
    const reasons: string[] = [];
    for (const host of inOrder) {
      try {
        await get(host, this.port);
        this.good = host;
        return;
      } catch (error) {
        reasons.push(`${host}: ${messageOf(error)}`);
      }
    }
    throw new Error(`no host answered: ${reasons.join("; ")}`);
  }
}

function get(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host, port, path: "/", agent: false, timeout: 1000 }, response => {
      response.resume();
      response.on("end", resolve);
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no answer within 1 s")));
    request.on("error", reject);
  });
}
