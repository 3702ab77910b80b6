import { execFileSync } from "node:child_process";

import * as fc from "fast-check";

import type { SwarmClusterArgs } from "../../components";
import { contains, isNetworkAddress, overlap, parseCidr } from "../../components/network/cidr";
import { guardedPorts, inboundRules } from "../../components/network/firewall";
import { swarmPorts } from "../../components/network/ports";
import { indices, resolvePool } from "../../components/nodes/resolve";
import { Reader } from "../../components/reader";
import { rosterText } from "../../components/swarm/roster";
import { quote } from "../../components/swarm/script";
import { faultsOf } from "./cluster";

/** Ranges within 10.0.0.0/24, small enough to be counted out. */
const range = fc
  .record({ last: fc.integer({ min: 0, max: 255 }), prefix: fc.integer({ min: 24, max: 32 }) })
  .map(({ last, prefix }) => ({ last, prefix, text: `10.0.0.${last}/${prefix}` }));

function members({ last, prefix }: { last: number; prefix: number }): Set<number> {
  const size = 2 ** (32 - prefix);
  const first = Math.floor(last / size) * size;
  return new Set(Array.from({ length: size }, (_, i) => first + i));
}

function parsed(text: string) {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} was not parsed`);
  return cidr;
}

describe("CIDR ranges", () => {
  test("overlap as their addresses do, whichever comes first", () => {
    fc.assert(
      fc.property(range, range, (one, other) => {
        const shared = [...members(one)].some(address => members(other).has(address));
        expect(overlap(parsed(one.text), parsed(other.text))).toBe(shared);
        expect(overlap(parsed(other.text), parsed(one.text))).toBe(shared);
      }),
    );
  });

  test("contain one another as their addresses do", () => {
    fc.assert(
      fc.property(range, range, (outer, inner) => {
        const all = [...members(inner)].every(address => members(outer).has(address));
        expect(contains(parsed(outer.text), parsed(inner.text))).toBe(all);
      }),
    );
  });

  test("are networks when they start at their first address", () => {
    fc.assert(
      fc.property(range, one => {
        expect(isNetworkAddress(parsed(one.text))).toBe(Math.min(...members(one)) === one.last);
      }),
    );
  });

  test("of IPv4 and IPv6 have nothing in common", () => {
    expect(overlap(parsed("0.0.0.0/0"), parsed("::/0"))).toBe(false);
    expect(overlap(parsed("2001:db8::/32"), parsed("2001:db8:1::/48"))).toBe(true);
    expect(isNetworkAddress(parsed("2001:db8::1/32"))).toBe(false);
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "010.0.0.0/8", "0x0a.0.0.0/8", "a/8", "", "::/129"])(
    "%p is none",
    text => expect(parseCidr(text)).toBeUndefined(),
  );
});

test("indices are as many as wanted, in order, distinct, the lowest, and none that is skipped", () => {
  const skips = fc.array(fc.nat(40));
  fc.assert(
    fc.property(fc.nat(60), skips, (count, skip) => {
      const found = indices(count, skip);
      expect(found).toHaveLength(count);
      expect([...new Set(found)].sort((a, b) => a - b)).toEqual(found);
      expect(found.filter(index => skip.includes(index))).toEqual([]);
      const below = Array.from({ length: (found.at(-1) ?? -1) + 1 }, (_, i) => i);
      expect(below.filter(index => !found.includes(index) && !skip.includes(index))).toEqual([]);
    }),
  );
});

test("lowering the count by one and skipping a node's number takes that node and no other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(40)), fc.nat(), (count, skip, pick) => {
      const before = indices(count, skip);
      const gone = before[pick % count] ?? 0;
      const after = indices(count - 1, [...skip, gone]);
      expect(after).toEqual(before.filter(index => index !== gone));
    }),
  );
});

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/).filter(text => text !== "manager");
const label = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9._/-]{0,10}[a-zA-Z0-9])?$/);
const text = fc.string({ unit: "grapheme" }).filter(value => !/\p{Cc}/u.test(value));
const node = {
  size: fc.constantFrom("s-1vcpu-2gb", "c-4"),
  labels: fc.dictionary(label, text, { maxKeys: 4, noNullPrototype: true }),
  availability: fc.constantFrom("active" as const, "pause" as const, "drain" as const),
  revision: fc.oneof(fc.nat(9999).map(String), fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/)),
};
const guarded = new Set(guardedPorts(swarmPorts()).map(({ first }) => first));
const pool = fc
  .record(
    {
      count: fc.nat(20),
      ...node,
      skip: fc.array(fc.nat(30)),
      nodes: fc.dictionary(fc.nat(20).map(String), fc.record(node, { requiredKeys: [] }), {
        noNullPrototype: true,
      }),
    },
    { requiredKeys: ["count"] },
  )
  // Settings of nodes that the pool has.
  .map(one => ({
    ...one,
    nodes: Object.fromEntries(
      Object.entries(one.nodes ?? {}).filter(([key]) => indices(one.count, one.skip).includes(Number(key))),
    ),
  }));
const soundArgs: fc.Arbitrary<SwarmClusterArgs> = fc.record(
  {
    region: fc.constantFrom("fra1", "nyc3"),
    managers: fc.record({ count: fc.constantFrom(1, 3, 5, 7), ...node }, { requiredKeys: ["count"] }),
    workers: fc.dictionary(name, pool, { maxKeys: 4, noNullPrototype: true }),
    firewall: fc.record(
      {
        sshFrom: fc.array(
          range.map(one => one.text),
          { minLength: 1, maxLength: 5 },
        ),
        publish: fc.array(
          fc
            .integer({ min: 1, max: 65535 })
            .filter(port => !guarded.has(port))
            .map(String),
          { maxLength: 40 },
        ),
      },
      { requiredKeys: ["sshFrom"] },
    ),
    tags: fc.array(fc.stringMatching(/^[a-zA-Z0-9_:-]{1,20}$/), { maxLength: 4 }),
    dockerVersion: fc.constantFrom("any", "distribution", "28.5.1"),
    dockerMirror: fc.constantFrom("https://m.example", "http://10.0.0.1:8081/docker/ce", "http://[::1]:80/a"),
    timeouts: fc.record({ boot: fc.integer({ min: 1, max: 3600 }) }, { requiredKeys: [] }),
  },
  { requiredKeys: ["region", "managers", "firewall"] },
);

describe("sound arguments", () => {
  test("have no fault", () => {
    fc.assert(fc.property(name, soundArgs, (cluster, args) => expect(faultsOf(cluster, args)).toEqual([])));
  });

  test("make distinct hostnames of at most 63 characters, Pulumi's suffix included", () => {
    fc.assert(
      fc.property(name, soundArgs, (cluster, args) => {
        const pools = Object.entries({ manager: args.managers, ...args.workers });
        const names = pools.flatMap(([key, one]) =>
          resolvePool(new Reader("demo"), key, key, "worker", one).map(({ name }) => `${cluster}-${name}`),
        );
        for (const one of names) expect(`${one}-0123abc`.length).toBeLessThanOrEqual(63);
        for (const [key, one] of pools)
          expect(
            new Set(resolvePool(new Reader("demo"), key, key, "worker", one).map(({ name }) => name)).size,
          ).toBe(one.count);
      }),
    );
  });

  test("never open a port between members to anyone else unless it is published", () => {
    fc.assert(
      fc.property(soundArgs, ({ firewall }) => {
        const rules = inboundRules(
          { sshFrom: firewall.sshFrom as string[], dockerApiFrom: [], publish: [], inbound: [] },
          swarmPorts(),
        );
        expect(rules.filter(({ peers }) => peers !== "members").map(rule => rule.portRange)).toEqual(["22"]);
      }),
    );
  });
});

test("quoted words come back from bash as they went in", () => {
  const words = fc.array(
    fc.string({ unit: "binary" }).filter(word => !word.includes("\0")),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(words, list => {
      const source = `printf '%s\\0' ${list.map(quote).join(" ")}`;
      const out = execFileSync("bash", ["-c", source], { encoding: "utf8" });
      expect(out.split("\0").slice(0, -1)).toEqual(list);
    }),
    { numRuns: 60 },
  );
});

test.each(["", "id active $(id) #", "id\nother worker", "$(id)", "id;id"])(
  "a roster takes nothing but an ID from a host: %j",
  nodeId => {
    const entry = { nodeId, name: "web-0", availability: "active" as const, labels: {} };
    expect(() => rosterText([entry])).toThrow(
      `web-0: its host gave ${JSON.stringify(nodeId)} for its node ID. Somebody may have got into it`,
    );
  },
);

test("a roster does not depend on the order in which labels were written", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(label, text), { selector: ([key]) => key }), pairs => {
      const entry = (labels: [string, string][]) =>
        rosterText([
          { nodeId: "id", name: "web-0", availability: "active", labels: Object.fromEntries(labels) },
        ]);
      expect(entry([...pairs].reverse())).toBe(entry(pairs));
      expect(entry(pairs).split("\n")).toHaveLength(1);
    }),
  );
});
