import type { Scenario } from "../scenario";
import { underLoad } from "../service";
import { settled, wellFormed } from "../swarm";
import type { World } from "../world";
import { BASE } from "./configs";

/** Brings the base cluster up under load, lets `act` break and mend it, and asserts what holds for every scenario. */
export function faulty(
  name: string,
  act: (world: World) => Promise<Readonly<Record<string, unknown>> | undefined>,
  options: Pick<Scenario, "skip"> & {
    readonly from?: Readonly<Record<string, unknown>>;
    /** See {@link underLoad}. */
    readonly elections?: number;
  } = {},
): Scenario {
  return {
    name,
    skip: options.skip,
    async run(world) {
      const from = options.from ?? BASE;
      await world.up(from);
      const clusterId = world.output("clusterId");
      const load = await underLoad(world, options.elections);
      const config = (await act(world)) ?? from;
      // Where the leader broke, the others find a new one, and nodes report to it again: the engine's time, not ours.
      await settled(world);
      await wellFormed(world, clusterId);
      await load.check();
      await world.unchanged(config);
    },
  };
}
