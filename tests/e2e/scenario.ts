import type { Preparation } from "./preparations";
import type { Attempt } from "./security/attempts";
import type { World } from "./world";

/** One promise of the project, and how it is shown. */
export interface Scenario {
  /** A sentence; `--grep` looks in it. */
  readonly name: string;
  /** Part of `npm test`; the others are run by `npm run e2e`. */
  readonly core?: boolean;
  /** `new`: it starts in an account that has nothing, not even a default VPC. @default one that others use, too */
  readonly account?: "new";
  /** Drivers that can express it, and why the others cannot. @default all */
  readonly skip?: Partial<Record<World["driver"]["kind"], string>>;
  /** Throws when the promise is not kept. */
  readonly run: (world: World) => Promise<void>;
}

/** A scenario after which its cluster goes: what it did cannot be taken back, and the next one is not to start from it. */
export function lastOfItsCluster(scenario: Scenario): Scenario {
  return {
    ...scenario,
    async run(world) {
      await scenario.run(world);
      await world.destroy();
    },
  };
}

/** Thrown by a scenario that finds out that it cannot be run here, with the reason. */
export class Skipped extends Error {
  public override readonly name = "Skipped";
}

/** What a scenario came to. */
export interface Outcome {
  readonly name: string;
  readonly driver: World["driver"]["kind"];
  readonly seconds: number;
  readonly result: "passed" | "failed" | "skipped";
  /** Why it failed or was skipped. */
  readonly detail?: string;
  /** What was tried on the way. */
  readonly attempts?: readonly Attempt[];
  /** Hosts that were prepared on the way. */
  readonly preparations?: readonly Preparation[];
}
