import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { gone, settled, wellFormed } from "../swarm";
import { BASE, managers, workers } from "./configs";

const VICTIMS = ["manager-0", "manager-1", "manager-2", "worker-0"];
const EVERYONE = { sshFrom: ["198.18.0.0/15"], publish: ["80/tcp", "443/tcp"] };
const WITH_API = { firewall: { ...EVERYONE, dockerApiFrom: ["198.18.0.0/15"] } };
const ROTATED = { workerTokenRotation: 1, managerTokenRotation: 1, caRotation: 1, unlockKeyRotation: 1 };

/**
 * Deletes the hosts of all Commands behind Pulumi's back, one after the other. `up --refresh` is all that it takes each
 * time; in the end nothing dials a host that is gone.
 */
function lost(what: string, more: Readonly<Record<string, unknown>>, sameAddress: boolean): Scenario {
  const where = sameAddress ? "with the address of the lost one" : "with a fresh address";
  return {
    name: `lost hosts, ${what}: each manager and a worker, the new one ${where}`,
    async run(world) {
      const config = { managers: managers(3), workers: workers(1), ...more };
      await world.destroy();
      await world.lab.behave({ reuseAddresses: sameAddress });
      try {
        await world.up(config);
        const clusterId = world.output("clusterId");
        for (const victim of VICTIMS) {
          const { hostname, privateAddress } = world.node(victim);
          await world.lab.deleteDroplet(hostname);
          await gone(world, hostname);
          await world.up(config, { refresh: true });
          const { privateAddress: now } = world.node(victim);
          assert.equal(now === privateAddress, sameAddress, `${victim} had ${privateAddress} and has ${now}`);
          await settled(world);
          await wellFormed(world, clusterId);
          await world.unchanged(config);
        }
        const { log } = await world.destroy();
        assert.doesNotMatch(log, /Dial \d+\/|left the swarm/, "destroy opened an SSH connection");
        assert.deepEqual(await world.lab.leftovers(), []);
      } finally {
        await world.lab.behaveAsUsual();
      }
    },
  };
}

/** "Nothing dials a host that is gone." */
export const LOST_HOSTS: readonly Scenario[] = [true, false].flatMap(sameAddress => [
  lost("Docker API off", {}, sameAddress),
  lost("Docker API on", WITH_API, sameAddress),
  lost("autolock", { swarm: { autolock: true } }, sameAddress),
  lost(
    "Docker API on, autolock, all rotated",
    { ...WITH_API, swarm: { autolock: true, ...ROTATED } },
    sameAddress,
  ),
]);

/** The other half: what is changed while a host is gone. */
export const LOST_WHILE_CHANGING: readonly Scenario[] = [
  {
    name: "a lost manager, and in the same up the Docker API is turned on, then off",
    async run(world) {
      await world.up(BASE);
      const clusterId = world.output("clusterId");
      for (const [victim, config] of [
        ["manager-0", { ...BASE, ...WITH_API }],
        ["manager-1", BASE],
      ] as const) {
        const { hostname } = world.node(victim);
        await world.lab.deleteDroplet(hostname);
        await gone(world, hostname);
        await world.up(config, { refresh: true });
        await settled(world);
        await wellFormed(world, clusterId);
        await world.unchanged(config);
      }
    },
  },
];
