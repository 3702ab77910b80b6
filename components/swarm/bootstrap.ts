import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { engineAddresses } from "./addresses";
import type { SwarmContext } from "./context";
import { BOUNDS, script } from "./script";

/** What `report-swarm.py` reports. It never changes in the swarm's life. */
export interface Bootstrap {
  readonly clusterId: string;
  /** `ip:port` at which the first of all managers was told to be reached. */
  readonly address: string;
  readonly workerRotation: number;
  readonly managerRotation: number;
  readonly caRotation: number;
  /** Of the first of all managers; its address may be another one's by now. */
  readonly hostname: string;
}

/**
 * Initialises the swarm, once in each generation: whatever else changes about the first manager or this script, it is
 * never run again.
 */
export function bootstrap(context: SwarmContext): remote.Command {
  const { firstManager, settings } = context;
  const { timeouts } = settings;
  // Only a later generation has to know the others: a new swarm beside one that lives would do harm.
  const others = settings.generation > 0 ? context.managers.filter(node => node !== firstManager) : [];
  const hosts = pulumi.all(
    others.map(({ name, host }) =>
      host.apply(facts => `${name} ${engineAddresses(facts, settings).advertise}`),
    ),
  );
  const stdin = pulumi
    .all([firstManager.host, hosts, settings.addressPools])
    .apply(([facts, OTHERS, pools]) => {
      const engine = engineAddresses(facts, settings);
      const report = script("report-swarm", firstManager.name, {
        HOST: facts.hostname,
        ADVERTISE: engine.advertise,
        WORKER_ROTATION: settings.workerTokenRotation,
        MANAGER_ROTATION: settings.managerTokenRotation,
        CA_ROTATION: settings.caRotation,
        UNLOCK_ROTATION: settings.unlockKeyRotation,
      });
      return script("bootstrap", firstManager.name, {
        ADVERTISE: engine.advertise,
        LISTEN: engine.listen,
        DATA_PATH: engine.dataPath,
        DATA_PATH_PORT: settings.ports.dataPath,
        POOLS: pools.join(" "),
        POOL_SIZE: settings.addressPoolSize,
        BOOT_SECONDS: timeouts.boot,
        GENERATION: settings.generation,
        OTHERS: OTHERS.join("\n"),
        REPORT: report,
      });
    });
  return context.run(
    {
      name: context.inGeneration("bootstrap"),
      script: "bootstrap",
      about: firstManager.name,
      on: firstManager,
      stdin,
      // For the engine to find its swarm, for a leader, again when it was made the only manager, and to report it.
      seconds: timeouts.boot + 4 * BOUNDS.WAIT_SECONDS + 60,
    },
    { ignoreChanges: ["*"] },
  );
}
