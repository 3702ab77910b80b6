import { execFileSync } from "node:child_process";

import fc from "fast-check";

import { overlap, parseCidr } from "../../components/network/cidr";
import { bundle } from "../../components/swarm/bundle";
import { FakeHost } from "./fake-host";

const SCRIPT = bundle("shared/pool-overlap.sh");

/** What is said of pools on a host with these routes. */
async function say(pools: string, routes: Readonly<Record<string, string>>): Promise<string> {
  const host = new FakeHost().routes(routes);
  const { code, stdout, stderr } = await host.bash(
    ["-s"],
    `NODE=m0\n${SCRIPT}\nrefuse_overlapping_pools "${pools}"`,
  );
  expect({ code, stdout }).toEqual({ code: stderr === "" ? 0 : 1, stdout: "" });
  return stderr;
}

describe("address pools", () => {
  test("that nothing leads to pass, the default route and Docker's bridges aside", async () => {
    const routes = {
      "eth0:1": "203.0.112.0/20",
      eth1: "10.114.0.0/20",
      docker0: "10.200.0.0/16",
      docker_gwbridge: "10.201.0.0/16",
      "br-0123": "10.202.0.0/16",
    };
    expect(await say("10.192.0.0/11 172.20.0.0/14", routes)).toBe("");
  });

  test.each([
    ["10.96.0.0/11", "10.114.0.0/20"],
    ["10.114.8.0/24", "10.114.0.0/20"],
    ["10.114.0.0/20", "10.114.0.0/20"],
    ["0.0.0.0/0", "10.114.0.0/20"],
    ["10.1.0.0/16", "10.1.2.3/32"],
  ])("%s beside the VPC %s are refused with both ranges and the way out", async (pool, vpc) => {
    expect(await say(`172.20.0.0/14 ${pool}`, { eth1: vpc })).toBe(
      `m0: error: the address pool ${pool} overlaps ${vpc}, which this host reaches by eth1: containers could not reach it. Give swarm.addressPools other ranges\n`,
    );
  });

  test("are compared with this machine's routes by default", () => {
    const run = () =>
      execFileSync("bash", ["-s"], { input: `NODE=m0\n${SCRIPT}\nrefuse_overlapping_pools ""` });
    expect(run).not.toThrow();
  });
});

test("ranges overlap exactly where the program says so", () => {
  const dotted = (address: number) => [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join(".");
  // Close to each other, so that many do.
  const range = fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 1, max: 32 }))
    .map(([low, prefix]) => {
      const mask = prefix === 32 ? 0xffffffff : ~(0xffffffff >>> prefix) >>> 0;
      return { mask, prefix, address: ((0x0a720000 + low) & mask) >>> 0 };
    });
  const pairs = fc.sample(fc.tuple(range, range), 300);
  const lines = pairs.map(
    ([{ address, prefix }, other]) =>
      `overlaps ${dotted(address)}/${prefix} ${other.address} ${other.mask} && echo true || echo false`,
  );
  const said = execFileSync("bash", ["-s"], { input: `${SCRIPT}\n${lines.join("\n")}\n`, encoding: "utf8" });
  const cidr = ({ address, prefix }: { address: number; prefix: number }) => {
    const parsed = parseCidr(`${dotted(address)}/${prefix}`);
    if (!parsed) throw new Error("not a range");
    return parsed;
  };
  expect(said.trim().split("\n")).toEqual(
    pairs.map(([one, other]) => String(overlap(cidr(one), cidr(other)))),
  );
  expect(new Set(said.trim().split("\n")).size).toBe(2);
});
