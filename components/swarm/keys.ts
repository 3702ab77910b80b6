/** What lets nodes and managers in: join tokens, the root CA, the unlock key; and their rotations. */
import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Birth } from "./birth";
import { LOCK_SECONDS, type SwarmContext } from "./remote";
import { script } from "./script";

/** For all nodes to renew their certificates. */
const ROTATE_SECONDS = 600;

/**
 * Replaces the root CA, where the swarm was not born with this rotation. It ends when every node has its new
 * certificate; both join tokens are others then. A rotation that is taken back is refused when this is to be deleted.
 */
export function rotateCa(context: SwarmContext, birth: pulumi.Output<Birth>): remote.Command | undefined {
  const { caRotation: rotation = 0 } = context.options;
  if (rotation === 0) return undefined;
  return context.run(
    {
      name: "ca-rotation",
      script: "rotate-ca",
      at: "both",
      about: "root-ca",
      connection: context.toControl,
      stdin: birth.apply(({ clusterId, caRotation = 0 }) =>
        script("rotate-ca", "control endpoint", {
          CLUSTER: clusterId,
          ROTATION: rotation,
          BORN: caRotation,
          ROTATE_SECONDS,
        }),
      ),
      seconds: LOCK_SECONDS + ROTATE_SECONDS + 60,
    },
    { deletedWith: context.args.lifetime },
  );
}

/**
 * A join token: the one that the swarm was born with, or the one that it was rotated to. Reading the first needs the
 * first manager, rotating needs the control endpoint, which may be assigned only later. An `apply` that returns one of
 * two Outputs waits only for that one, so a new cluster never waits for the endpoint. The first token is worth nothing
 * after a rotation: going back to it is refused.
 */
export function joinToken(
  context: SwarmContext,
  role: "worker" | "manager",
  birth: pulumi.Output<Birth>,
  caRotated?: remote.Command,
): pulumi.Output<string> {
  const { firstManager, options } = context;
  const rotation = (role === "worker" ? options.workerTokenRotation : options.managerTokenRotation) ?? 0;
  const caRotation = options.caRotation ?? 0;
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
  if (rotation === 0 && caRotation === 0) return pulumi.secret(first.stdout);

  const isFirst = birth.apply(
    b =>
      (role === "worker" ? b.workerRotation : b.managerRotation) === rotation &&
      (b.caRotation ?? 0) === caRotation,
  );
  const stdin = pulumi.all([birth.clusterId, isFirst, first.stdout]).apply(([CLUSTER, same, FIRST]) =>
    script("rotate-token", "control endpoint", {
      CLUSTER,
      ROLE: role,
      ROTATION: `${rotation}.${caRotation}`,
      FIRST: same ? FIRST : "",
    }),
  );
  const rotated = context.run(
    {
      name: `${role}-token-rotated`,
      script: "rotate-token",
      at: "both",
      about: role,
      connection: context.toControl,
      stdin: pulumi.secret(stdin),
      // Waiting for its turn included.
      seconds: LOCK_SECONDS + 300,
      secret: true,
    },
    { dependsOn: caRotated ? [caRotated] : [], deletedWith: context.args.lifetime },
  );
  return pulumi.secret(isFirst.apply(same => (same ? first.stdout : rotated.stdout)));
}

/** The key that unlocks managers, read when the swarm is locked by it, and replaced by a rotation. */
export function unlockKey(
  context: SwarmContext,
  clusterId: pulumi.Output<string>,
  locked: pulumi.Resource,
): pulumi.Output<string> {
  const rotation = context.options.unlockKeyRotation ?? 0;
  const { stdout } = context.run(
    {
      name: "unlock-key",
      script: "unlock-key",
      about: "swarm",
      connection: context.toControl,
      stdin: clusterId.apply(CLUSTER =>
        script("unlock-key", "control endpoint", { CLUSTER, ROTATION: rotation }),
      ),
      seconds: LOCK_SECONDS + 60,
      secret: true,
      triggers: [rotation],
    },
    { dependsOn: [locked] },
  );
  return pulumi.secret(stdout);
}
