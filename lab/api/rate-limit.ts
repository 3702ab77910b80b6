/** DigitalOcean's two rate limits, per hour and per minute, as sliding windows. */

/** What the answer's headers say. */
export interface RateState {
  readonly limited: boolean;
  /** Requests allowed per hour. */
  readonly limit: number;
  /** Requests left in this hour; none while the minute's are used up. */
  readonly remaining: number;
  /** When the oldest request of the hour falls out, in seconds since the epoch. */
  readonly reset: number;
  /** How many seconds to wait, at least 1; only if limited. */
  readonly retryAfter?: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Counts requests. */
export class RateLimit {
  /** When each request of the last hour was, oldest first, in milliseconds since the epoch. */
  private times: number[] = [];

  /** @param now - The clock, in milliseconds since the epoch. */
  public constructor(
    private readonly perMinute: number,
    private readonly perHour: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Counts one request. One over a limit is not counted, so that waiting `retryAfter` is enough. */
  public take(): RateState {
    const now = this.now();
    this.times = this.times.slice(this.firstAfter(now - HOUR_MS));
    const minuteStart = this.firstAfter(now - MINUTE_MS);
    const inMinute = this.times.length - minuteStart;
    const overHour = this.times.length >= this.perHour;
    const overMinute = inMinute >= this.perMinute;
    const limited = overHour || overMinute;
    if (!limited) this.times.push(now);
    const state = {
      limited,
      limit: this.perHour,
      // Zero over the limit of a minute, too, as DigitalOcean documents it.
      remaining: limited ? 0 : this.perHour - this.times.length,
      reset: Math.ceil(((this.times[0] ?? now) + HOUR_MS) / 1000),
    };
    if (!limited) return state;
    const free = overHour ? (this.times[0] ?? now) + HOUR_MS : (this.times[minuteStart] ?? now) + MINUTE_MS;
    return { ...state, retryAfter: Math.max(1, Math.ceil((free - now) / 1000)) };
  }

  /** The index of the first request later than `time`; the times are sorted. */
  private firstAfter(time: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? Infinity) > time) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
