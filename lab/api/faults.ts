/**
 * Faults on demand, for tests of what a client does when the API fails. An extension of the lab: DigitalOcean has
 * nothing like it.
 */
import { unprocessable } from "./errors";

/** A fault as it is asked for. */
export interface FaultSpec {
  /** HTTP method, or `*`. */
  readonly method: string;
  /** A regular expression that is searched in the path and query. */
  readonly path: string;
  /** The status of the answer, 400 to 599. */
  readonly status: number;
  /** How many requests it hits; 1 by default. */
  readonly times?: number;
  readonly message?: string;
  /** How many matching requests pass first; 0 by default. */
  readonly after?: number;
  /**
   * `before`: nothing happens but the answer (the default). `after`: the request takes effect, and then the answer
   * is the error, as when a gateway loses it: a client that tries again makes a second one.
   */
  readonly effect?: "before" | "after";
}

/** A fault that hits a request. */
export interface Fault {
  readonly status: number;
  readonly message: string;
  readonly effect: "before" | "after";
}

interface Armed extends Fault {
  readonly method: string;
  readonly pattern: RegExp;
  skip: number;
  left: number;
}

/** The faults that are armed, oldest first. */
export class Faults {
  private armed: Armed[] = [];

  /** @throws 422 if the path is not a regular expression. */
  public add(spec: FaultSpec): void {
    let pattern: RegExp;
    try {
      pattern = new RegExp(spec.path);
    } catch {
      throw unprocessable(`${spec.path} is not a regular expression`);
    }
    this.armed.push({
      method: spec.method.toUpperCase(),
      pattern,
      status: spec.status,
      message: spec.message ?? "A fault that the lab was asked for.",
      effect: spec.effect ?? "before",
      skip: spec.after ?? 0,
      left: spec.times ?? 1,
    });
  }

  public clear(): void {
    this.armed = [];
  }

  /** How many faults still wait for a request. */
  public get size(): number {
    return this.armed.length;
  }

  /** The fault that hits this request, which uses it up. Each request counts for the first fault it matches. */
  public hit(method: string, url: string): Fault | undefined {
    const fault = this.armed.find(
      armed => (armed.method === "*" || armed.method === method) && armed.pattern.test(url),
    );
    if (fault === undefined) return undefined;
    if (fault.skip > 0) {
      fault.skip--;
      return undefined;
    }
    fault.left--;
    if (fault.left <= 0) this.armed = this.armed.filter(armed => armed !== fault);
    return { status: fault.status, message: fault.message, effect: fault.effect };
  }
}
