import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import { swarmPorts } from "../ports";
import type { SwarmContext } from "./remote";
import { script } from "./script";

/** What `bootstrap.sh` reports. It never changes in the swarm's life. */
export interface Birth {
  readonly clusterId: string;
  /** `ip:port` at which the first of all managers was told to be reached. */
  readonly address: string;
  readonly workerRotation: number;
  readonly managerRotation: number;
}

/** Initialises the swarm, once: whatever changes about the first manager or this script, it is never run again. */
export function bootstrap(context: SwarmContext): remote.Command {
  const { firstManager, options, timeouts } = context;
  const stdin = context.engine(firstManager).apply(engine =>
    script("bootstrap", firstManager.name, {
      ADVERTISE: engine.advertise,
      LISTEN: engine.listen,
      DATA_PATH: engine.dataPath,
      DATA_PATH_PORT: swarmPorts(options).dataPath,
      POOLS: (options.addressPools ?? []).join(" "),
      POOL_SIZE: options.addressPoolSize ?? 24,
      WORKER_ROTATION: options.workerTokenRotation ?? 0,
      MANAGER_ROTATION: options.managerTokenRotation ?? 0,
      BOOT_SECONDS: timeouts.boot,
    }),
  );
  return context.run(
    {
      name: "bootstrap",
      script: "bootstrap",
      about: firstManager.name,
      connection: context.toNode(firstManager),
      stdin,
      seconds: timeouts.boot + 120,
    },
    { ignoreChanges: ["*"] },
  );
}

/**
 * A join token: the one that the swarm was born with, or the one that it was rotated to. Reading the first needs the
 * first manager, rotating needs the control endpoint, which may be assigned only later. An `apply` that returns one of
 * two Outputs waits only for that one, so a new cluster never waits for the endpoint.
 */
export function joinToken(
  context: SwarmContext,
  role: "worker" | "manager",
  birth: pulumi.Output<Birth>,
): pulumi.Output<string> {
  const { firstManager, options } = context;
  const rotation = (role === "worker" ? options.workerTokenRotation : options.managerTokenRotation) ?? 0;
  const first = context.run(
    {
      name: `${role}-token`,
      script: "token",
      about: role,
      connection: context.toNode(firstManager),
      stdin: birth.clusterId.apply(CLUSTER => script("token", firstManager.name, { CLUSTER, ROLE: role })),
      seconds: 60,
      secret: true,
    },
    { ignoreChanges: ["*"] },
  );
  if (rotation === 0) return pulumi.secret(first.stdout);

  const born = birth.apply(b => (role === "worker" ? b.workerRotation : b.managerRotation));
  const stdin = pulumi
    .all([birth.clusterId, born])
    .apply(([CLUSTER, BORN]) =>
      script("rotate-token", "control endpoint", { CLUSTER, ROLE: role, ROTATION: rotation, BORN }),
    );
  const rotated = context.run({
    name: `${role}-token-rotated`,
    script: "rotate-token",
    about: role,
    connection: context.toControl(),
    stdin,
    // Waiting for its turn included.
    seconds: 3900,
    secret: true,
    triggers: [rotation],
  });
  return pulumi.secret(born.apply(b => (b === rotation ? first.stdout : rotated.stdout)));
}
