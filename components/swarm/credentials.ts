/** What lets nodes and managers in: join tokens, the root CA, the unlock key; and their rotations. */
import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

import type { Role } from "../nodes/node";
import type { Bootstrap } from "./bootstrap";
import type { SwarmContext } from "./context";
import { BOUNDS, script } from "./script";

/** For all nodes to renew their certificates. */
const ROTATE_SECONDS = 600;

/** The join tokens that the swarm was initialised with, read on the first manager. Secret. */
export interface FirstTokens {
  readonly worker: pulumi.Output<string>;
  readonly manager: pulumi.Output<string>;
}

/** Reads the first tokens, once in each generation of the swarm. They are worth nothing after a rotation. */
export function firstTokens(context: SwarmContext, bootstrapped: pulumi.Output<Bootstrap>): FirstTokens {
  const { firstManager } = context;
  const read = (role: Role) => {
    const { stdout } = context.run(
      {
        name: context.inGeneration(`${role}-token`),
        script: "read-token",
        about: role,
        on: firstManager,
        stdin: bootstrapped.clusterId.apply(CLUSTER =>
          script("read-token", firstManager.name, { CLUSTER, ROLE: role }),
        ),
        seconds: 60,
        secret: true,
      },
      { ignoreChanges: ["*"] },
    );
    return pulumi.secret(stdout);
  };
  return { worker: read("worker"), manager: read("manager") };
}

/**
 * Replaces the root CA, where the swarm was not initialised with this rotation. It ends when every node has its new
 * certificate; both join tokens have changed then. Going back to an earlier rotation is refused.
 */
export function rotateCa(context: SwarmContext, bootstrapped: pulumi.Output<Bootstrap>): remote.Command {
  const { caRotation: ROTATION } = context.settings;
  const stdin = bootstrapped.clusterId.apply(CLUSTER =>
    script("rotate-ca", "control endpoint", { CLUSTER, ROTATION, ROTATE_SECONDS }),
  );
  return context.run({
    name: "ca-rotation",
    script: "rotate-ca",
    at: "update",
    atOnce: bootstrapped.apply(({ caRotation }) => caRotation !== ROTATION),
    about: "root-ca",
    on: "control",
    stdin,
    seconds: BOUNDS.LOCK_SECONDS + ROTATE_SECONDS + 60,
  });
}

/**
 * A join token: the first one, or the one that it was rotated to. Reading the first needs the first manager, rotating
 * needs the control endpoint, which may be assigned only later. An `apply` that returns one of two Outputs waits only for
 * that one, so a new cluster never waits for the endpoint. Going back to an earlier rotation is refused.
 */
export function joinToken(
  context: SwarmContext,
  role: Role,
  bootstrapped: pulumi.Output<Bootstrap>,
  first: FirstTokens,
  caRotated: remote.Command,
): pulumi.Output<string> {
  const { caRotation, workerTokenRotation, managerTokenRotation } = context.settings;
  const rotation = role === "worker" ? workerTokenRotation : managerTokenRotation;
  const isFirst = bootstrapped.apply(
    b =>
      (role === "worker" ? b.workerRotation : b.managerRotation) === rotation && b.caRotation === caRotation,
  );
  const stdin = bootstrapped.clusterId.apply(CLUSTER =>
    script("rotate-token", "control endpoint", {
      CLUSTER,
      ROLE: role,
      ROTATION: rotation,
      CA_ROTATION: caRotation,
    }),
  );
  const rotated = context.run(
    {
      name: `${role}-token-rotated`,
      script: "rotate-token",
      at: "update",
      atOnce: isFirst.apply(same => !same),
      about: role,
      on: "control",
      stdin,
      // Waiting for its turn included.
      seconds: BOUNDS.LOCK_SECONDS + 300,
      secret: true,
    },
    { dependsOn: [caRotated] },
  );
  return pulumi.secret(isFirst.apply(same => (same ? first[role] : rotated.stdout)));
}

/** The key that unlocks managers, read when the swarm is locked by it, and replaced by a rotation. */
export function unlockKey(
  context: SwarmContext,
  clusterId: pulumi.Output<string>,
  locked: pulumi.Resource,
): pulumi.Output<string> {
  const { unlockKeyRotation: ROTATION } = context.settings;
  const { stdout } = context.run(
    {
      name: "unlock-key",
      script: "unlock-key",
      about: "swarm",
      on: "control",
      stdin: clusterId.apply(CLUSTER => script("unlock-key", "control endpoint", { CLUSTER, ROTATION })),
      seconds: BOUNDS.LOCK_SECONDS + 60,
      secret: true,
    },
    { dependsOn: [locked] },
  );
  return pulumi.secret(stdout);
}
