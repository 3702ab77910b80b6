import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

const config = (count: number) => ({ managers: managers(1), workers: workers(count) });

/** Closes a port on the next droplet, by a firewall of its own, before it is in the swarm. */
async function closeOnNext(world: World, protocol: string, port: number): Promise<string> {
  const known = new Set((await world.lab.droplets()).map(({ hostname }) => hostname));
  let closed = "";
  await world.eventually(60, "the new droplet", async () => {
    const fresh = (await world.lab.droplets()).find(({ hostname }) => !known.has(hostname));
    assert.ok(fresh);
    const rule = [
      "iptables",
      "-w",
      "-I",
      "INPUT",
      "-i",
      "eth1",
      "-p",
      protocol,
      "--dport",
      `${port}`,
      "-j",
      "DROP",
    ];
    assert.equal((await world.lab.exec(fresh.hostname, rule)).code, 0);
    closed = fresh.hostname;
  });
  return closed;
}

/** "A green `up` tells the truth": a node that members cannot reach is no node. */
export const PORTS: readonly Scenario[] = [
  {
    name: "a new node whose own firewall closes a port for members is named, with the port; opened, the next up goes on",
    async run(world) {
      await world.up(config(1));
      for (const [i, [protocol, port]] of (
        [
          ["tcp", 7946],
          ["udp", 7946],
          ["udp", 4789],
        ] as const
      ).entries()) {
        const grown = config(i + 2);
        const closing = closeOnNext(world, protocol, port);
        const log = await world.upFails(grown);
        const hostname = await closing;
        assert.match(
          log,
          new RegExp(`worker: error: does not reach: worker-${i + 1} \\([0-9.]+\\) ${port}/${protocol}\\. `),
        );
        assert.equal((await world.lab.exec(hostname, ["iptables", "-w", "-D", "INPUT", "1"])).code, 0);
        await world.up(grown);
        await wellFormed(world);
        await world.unchanged(grown);
      }
    },
  },
];
