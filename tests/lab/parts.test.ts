/** The parts that are worth testing by themselves: address arithmetic, rate limits, lanes, faults. */
import { allocate, allocateRange, gatewayOf, netmask, parseRange } from "../../lab/api/addresses";
import { Faults } from "../../lab/api/faults";
import { Lanes } from "../../lab/api/lanes";
import { RateLimit } from "../../lab/api/rate-limit";
import { RequestLog } from "../../lab/api/request-log";

describe("addresses", () => {
  test("hosts get addresses between the gateway and the broadcast address", () => {
    const taken = new Set<string>();
    const given: string[] = [];
    for (let next = allocate("10.0.0.0/28", taken); next; next = allocate("10.0.0.0/28", taken)) {
      taken.add(next);
      given.push(next);
    }
    expect(given).toHaveLength(13);
    expect(given[0]).toBe("10.0.0.2");
    expect(given.at(-1)).toBe("10.0.0.14");
    expect(allocate("10.0.0.0/28", new Set(), "high")).toBe("10.0.0.14");
  });

  test("masks and gateways, the high half of the address space included", () => {
    expect([0, 16, 20, 32].map(netmask)).toEqual([
      "0.0.0.0",
      "255.255.0.0",
      "255.255.240.0",
      "255.255.255.255",
    ]);
    expect(gatewayOf("198.18.4.0/22")).toBe("198.18.4.1");
  });

  test("a free range avoids all that are taken", () => {
    const taken = ["10.96.0.0/20", "10.96.20.0/24"].map(parseRange);
    expect(allocateRange("10.96.0.0/11", 20, taken)).toBe("10.96.32.0/20");
    expect(allocateRange("10.96.0.0/20", 20, taken)).toBeUndefined();
  });

  test.each(["10.0.0.1/24", "10.0.0.0", "10.0.0/8", "300.0.0.0/8", "::/0"])("%s is no range", text => {
    expect(() => parseRange(text)).toThrow(text);
  });
});

describe("rate limit", () => {
  test("a minute's requests, and when to come back", () => {
    let now = 1_000_000;
    const rate = new RateLimit(2, 100, () => now);
    expect(rate.take()).toMatchObject({ limited: false, remaining: 99 });
    now += 10_000;
    expect(rate.take().limited).toBe(false);
    expect(rate.take()).toMatchObject({ limited: true, retryAfter: 50, remaining: 0 });
    now += 50_000;
    expect(rate.take().limited).toBe(false);
    expect(rate.take()).toMatchObject({ limited: true, retryAfter: 10 });
  });

  test("an hour's requests", () => {
    let now = 0;
    const rate = new RateLimit(100, 3, () => now);
    for (let i = 0; i < 3; i++) {
      expect(rate.take().limited).toBe(false);
      now += 60_000;
    }
    expect(rate.take()).toMatchObject({ limited: true, remaining: 0, reset: 3600, retryAfter: 3420 });
  });
});

describe("lanes", () => {
  test("jobs of one lane wait for each other, a failed one included; other lanes do not", async () => {
    const lanes = new Lanes();
    const order: string[] = [];
    const pause = () => new Promise<void>(resolve => setTimeout(resolve, 5));
    const first = lanes.run("a", async () => {
      await pause();
      order.push("a1");
      throw new Error("a1 failed");
    });
    const second = lanes.run("a", () => Promise.resolve(order.push("a2")));
    void lanes.run("b", () => Promise.resolve(order.push("b1")));
    await expect(first).rejects.toThrow("a1 failed");
    await second;
    expect(order).toEqual(["b1", "a1", "a2"]);
    await lanes.settled();
    expect(lanes.busy).toBe(0);
  });

  test("settled waits for jobs that jobs started", async () => {
    const lanes = new Lanes();
    let done = false;
    void lanes.run("a", () => {
      void lanes.run("b", async () => {
        await new Promise(resolve => setTimeout(resolve, 5));
        done = true;
      });
      return Promise.resolve();
    });
    await lanes.settled();
    expect(done).toBe(true);
  });
});

test("a fault skips the first requests, hits as often as asked, and is used up", () => {
  const faults = new Faults();
  faults.add({ method: "post", path: "/v2/droplets$", status: 503, after: 1, times: 2 });
  const hits = ["/v2/droplets", "/v2/tags", "/v2/droplets", "/v2/droplets", "/v2/droplets"].map(
    url => faults.hit("POST", url)?.status,
  );
  expect(hits).toEqual([undefined, undefined, 503, 503, undefined]);
  expect(faults.size).toBe(0);
});

test("the log of requests forgets the oldest", () => {
  const log = new RequestLog(3);
  for (let status = 1; status <= 10; status++) log.add({ time: "", method: "GET", path: "/", status, ms: 0 });
  expect(log.last(100).map(entry => entry.status)).toEqual([8, 9, 10]);
});
