/** DigitalOcean's API as a client sees it: the rehearsal's, the benchmarks' and whoever shares the account. */
import { setTimeout as sleep } from "node:timers/promises";

import { messageOf } from "./engine/errors";
import { waitFor } from "./engine/wait";

/** An answer other than 2xx. */
export class RequestFailed extends Error {
  public constructor(
    message: string,
    /** The HTTP status; {@link NO_ANSWER} where there was no connection. */
    public readonly status: number,
  ) {
    super(message);
    this.name = "RequestFailed";
  }
}

/** In place of a status where there was no connection. It is tried again like an error of the server. */
const NO_ANSWER = 599;
/** Between two looks at something that takes its time, in ms. */
export const POLL_MS = 500;
/** How long an action may take, in ms. */
const ACTION_MS = 300_000;

/** The part of an action that is looked at. */
export interface Action {
  readonly id: number;
  readonly status: string;
}

/** A client with the retries of DigitalOcean's own. */
export class ApiClient {
  /** @param firstRetry - Wait before the second try in ms; it doubles each time. */
  public constructor(
    private readonly endpoint: string,
    private readonly token: string,
    private readonly firstRetry = 1000,
  ) {}

  /** @param path - What follows `/v2/`. @throws RequestFailed */
  public async call<T>(method: string, path: string, body?: object): Promise<T> {
    const url = new URL(`/v2/${path}`, this.endpoint).href;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.ask(method, url, body);
      const again = answer.status === 429 || (answer.status >= 500 && answer.status !== 501);
      if (again && attempt < 4) {
        await sleep(answer.retryAfter * 1000 || this.firstRetry * 2 ** attempt);
        continue;
      }
      if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.text || "{}") as T;
      const status = answer.status === NO_ANSWER ? "" : `${answer.status} `;
      throw new RequestFailed(`${method} ${url}: ${status}${reason(answer.text)}`, answer.status);
    }
  }

  /** The same for something that may be gone: then `undefined`. */
  public async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>("GET", path);
    } catch (error) {
      if (error instanceof RequestFailed && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All of a list, which answers have under this key. */
  public async list<T>(path: string, key: string): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; ; page++) {
      const answer = await this.call<Record<string, T[]> & { links?: { pages?: { next?: string } } }>(
        "GET",
        `${path}?page=${page}&per_page=200`,
      );
      found.push(...(answer[key] ?? []));
      if (!answer.links?.pages?.next) return found;
    }
  }

  /** Does an action on `droplets/ID` or `reserved_ips/IP`, and waits for its end. */
  public async act(target: string, body: object): Promise<void> {
    const { action } = await this.call<{ action: Action }>("POST", `${target}/actions`, body);
    const what = `action ${action.id} of ${target}`;
    const { status } = await waitFor({ what, timeoutMs: ACTION_MS, intervalMs: POLL_MS }, async () => {
      const now = await this.call<{ action: Action }>("GET", `${target}/actions/${action.id}`);
      return now.action.status === "in-progress" ? undefined : now.action;
    });
    if (status !== "completed")
      throw new Error(`${JSON.stringify(body)} on ${target}: the action ended as ${status}`);
  }

  private async ask(method: string, url: string, body?: object) {
    try {
      const response = await fetch(url, {
        method,
        headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const retryAfter = Number(response.headers.get("retry-after") ?? 0);
      return { status: response.status, text: await response.text(), retryAfter };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return { status: NO_ANSWER, text: JSON.stringify({ message: messageOf(cause) }), retryAfter: 0 };
    }
  }
}

function reason(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
