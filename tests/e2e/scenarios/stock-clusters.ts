import * as assert from "node:assert/strict";

import { versions } from "../prepared-droplet";
import { lastOfItsCluster, type Scenario } from "../scenario";
import { wellFormed } from "../swarm";
import { managers, workers } from "./configs";

/** Whole clusters whose nodes come without an engine. */
export const STOCK_CLUSTERS: readonly Scenario[] = [
  cluster("debian-13-x64", "any"),
  cluster("debian-12-x64", "a version"),
  cluster("debian-13-x64", "distribution"),
];

function cluster(image: string, wanted: "any" | "a version" | "distribution"): Scenario {
  return lastOfItsCluster({
    name: `stock: a cluster of ${image} droplets forms, with the engine of ${wanted}`,
    async run(world) {
      const { newest, middle } = await versions(world);
      const config = {
        managers: managers(1, { image }),
        workers: workers(1, { image }),
        dockerVersion: wanted === "a version" ? middle : wanted,
        dockerMirror: world.lab.dockerMirror,
      };
      await world.up(config);
      await wellFormed(world);
      const engines = await world.onControl(
        "docker node inspect --format '{{.Description.Engine.EngineVersion}}' $(docker node ls --quiet)",
      );
      const expected = wanted === "any" ? newest : middle;
      for (const engine of engines.split("\n"))
        assert.ok(engine.startsWith(expected), `the engine is ${engine}, not ${expected}`);
      await world.unchanged(config);
    },
  });
}
