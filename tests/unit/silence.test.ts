import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";

import * as pulumi from "@pulumi/pulumi";

import { adviceOn, dropsPackets, publicAddresses, SilenceWatch } from "../../components/ssh/silence";

const DOOR = { host: "203.0.113.10", port: 2222, sshFrom: ["192.0.2.1/32", "2a00::/16"] };

describe("what is said of a silent host", () => {
  const silent =
    "nobody answers SSH at 203.0.113.10:2222, not even to refuse: a firewall drops what this machine sends";
  const allowed = "firewall.sshFrom lets in 192.0.2.1/32, 2a00::/16";

  test.each([
    [
      "a public address that is not let in",
      DOOR,
      ["8.8.4.4"],
      `${allowed}; this machine's address is 8.8.4.4`,
    ],
    ["two of them", DOOR, ["8.8.4.4", "2b00::1"], `${allowed}; this machine's address is 8.8.4.4 or 2b00::1`],
    [
      "one that is let in",
      DOOR,
      ["8.8.4.4", "2a00::1"],
      /among them\? `curl https:\/\/api\.ipify\.org` shows it$/,
    ],
    ["none of its own", DOOR, [], /is the address by which this machine reaches the internet among them\?/],
    [
      "a host that is not behind that firewall",
      { host: DOOR.host, port: 2222 },
      [],
      "Let this machine in there",
    ],
  ])("%s", (_, door, own, end) => {
    const said = adviceOn(door, own);
    expect(said.startsWith(`${silent}. `)).toBe(true);
    expect(said.slice(silent.length + 2)).toEqual(
      typeof end === "string" ? end : (expect.stringMatching(end) as string),
    );
  });
});

test("public addresses are those that are no machine's but this one's", () => {
  const of = (...addresses: string[]) => addresses.map(address => ({ address }) as NetworkInterfaceInfo);
  const interfaces = {
    lo: of("127.0.0.1", "::1"),
    eth0: of("8.8.4.4", "2a00:1::1", "fe80::1"),
    docker0: of("172.17.0.1", "10.0.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "fd00::1"),
  };
  expect(publicAddresses(interfaces)).toEqual(["8.8.4.4", "2a00:1::1"]);
});

test("a host that takes or refuses a connection is not silent", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await dropsPackets("127.0.0.1", port)).toBe(false);
  server.close();
  await once(server, "close");
  expect(await dropsPackets("127.0.0.1", port)).toBe(false);
});

const nextTurn = <T>(value: T) => new Promise<T>(resolve => setTimeout(() => resolve(value), 0));

describe("a watch", () => {
  const resource = undefined as unknown as pulumi.Resource;
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    jest.spyOn(pulumi.log, "warn").mockImplementation(message => {
      warnings.push(message);
      return Promise.resolve();
    });
  });
  /** A watch with its hosts, of whom those that are named are silent; resolves when all have been looked at. */
  async function watch(
    silent: readonly string[],
    hosts: readonly string[],
    answered: readonly string[] = [],
  ) {
    const looked: string[] = [];
    const own = new SilenceWatch(resource, 0, host => {
      looked.push(host);
      // All are asked before one has answered.
      return nextTurn(silent.includes(host));
    });
    for (const host of hosts) {
      const end = own.begin({ ...DOOR, host });
      if (answered.includes(host)) end();
    }
    // Those that are asked, their answers, and what is made of them.
    for (let turn = 0; turn < 3; turn++) await nextTurn(undefined);
    return looked;
  }

  test("warns once, whatever is silent", async () => {
    await watch(["a", "b"], ["a", "b"]);
    expect(warnings).toEqual([expect.stringMatching(/^nobody answers SSH at a:2222/)]);
  });

  test("says nothing of a host that only takes long", async () => {
    expect(await watch([], ["a"])).toEqual(["a"]);
    expect(warnings).toEqual([]);
  });

  test("does not ask a host whose Command has ended", async () => {
    expect(await watch(["a"], ["a"], ["a"])).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
