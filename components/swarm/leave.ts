import type * as pulumi from "@pulumi/pulumi";

import type { SwarmContext } from "./context";
import type { Member } from "./join";
import { BOUNDS, script } from "./script";

/**
 * Takes a node out of the swarm: when it is removed, or when its host was replaced and the new one is reconciled. Until
 * it is deleted this Command does nothing. When the whole cluster goes it is not run.
 */
export function leave(
  context: SwarmContext,
  { node, joined }: Member,
  clusterId: pulumi.Output<string>,
): void {
  const { generation, timeouts } = context.settings;
  const { drain } = timeouts;
  context.run(
    {
      name: `${node.name}-leave`,
      script: "leave",
      at: "delete",
      about: node.name,
      on: "control",
      stdin: clusterId.apply(CLUSTER =>
        joined.stdout.apply(NODE_ID =>
          script("leave", node.name, {
            CLUSTER,
            GENERATION: generation,
            NODE_ID,
            DRAIN_SECONDS: drain,
          }),
        ),
      ),
      seconds: BOUNDS.LOCK_SECONDS + 2 * drain + 300,
      identity: [node.identity, joined.stdout],
    },
    { deletedWith: context.hosts.lifetime },
  );
}
