import { setTimeout as sleep } from "node:timers/promises";

import { messageOf } from "./entry";

/** An answer other than 2xx. */
export class ApiError extends Error {
  public constructor(
    message: string,
    public readonly status: number,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** In place of a status where there was no connection. It is tried again like an error of the server. */
const NO_ANSWER = 599;

/** The part of an action that is looked at. */
export interface Action {
  readonly id: number;
  readonly status: string;
}

/** DigitalOcean's API, as far as the lab has it, with the real provider's retries. */
export class Api {
  /** @param firstRetry - Wait before the second try in ms; it doubles each time. */
  public constructor(
    private readonly endpoint: string,
    private readonly token: string,
    private readonly firstRetry = 1000,
  ) {}

  /** @throws ApiError */
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
      throw new ApiError(`${method} ${url}: ${status}${reason(answer.text)}`, answer.status);
    }
  }

  /** The same for something that may be gone: then `undefined`. */
  public async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.call<T>("GET", path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
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
    const { status } = await until(`action ${action.id} of ${target}`, 300, async () => {
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

/** Asks twice a second until there is an answer. @throws Error after so many seconds. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timed out after ${seconds} s while waiting for ${what}`);
    await sleep(500);
  }
}

function reason(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}
