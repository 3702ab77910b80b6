import * as assert from "node:assert/strict";

import type * as pulumi from "@pulumi/pulumi";

import type { DockerApiOutput as Outputs } from "../../../components/swarm/docker-api/docker-api";
import { imageKey, versions } from "../prepared-droplet";
import { lastOfItsCluster, type Scenario } from "../scenario";
import { askEngine } from "../security/docker-api";
import { underLoad } from "../service";
import { settled, wellFormed } from "../swarm";
import type { World } from "../world";
import { managers, workers } from "./configs";

type DockerApiOutput = pulumi.Unwrap<Outputs>;

/** The same cluster, on the engines that people have. */
export const ENGINES: readonly Scenario[] = [
  engines("20.10", ["20-10"]),
  engines("26.1", ["26-1"]),
  engines("28.5", ["28-5"]),
  engines("20.10, 26.1 and 28.5, mixed", ["20-10", "26-1", "28-5"]),
];

/** @param series - The engines of manager 0, 1 and 2, and of the workers, from the first on again. */
function engines(what: string, series: readonly string[]): Scenario {
  return lastOfItsCluster({
    name: `engines: the cluster formed, its first manager replaced, scaled, its Docker API on, on ${what}`,
    async run(world) {
      // The newest comes from the package repository.
      if (series.includes("28-5")) await versions(world);
      const images = await Promise.all(series.map(one => imageKey(world, `lab-docker-${one}`)));
      const nodes = Object.fromEntries(
        [0, 1, 2].map(i => [i, { image: images[i % images.length] ?? "" }] as const),
      );
      const pools = (workerCount: number) => ({
        managers: managers(3, { nodes }),
        workers: workers(workerCount, {
          nodes: Object.fromEntries(Object.entries(nodes).slice(0, workerCount)),
        }),
      });
      await world.up(pools(2));
      const clusterId = world.output("clusterId");
      await areOf(world, series);
      const load = await underLoad(world, 9);
      await world.up(pools(2), { replace: ["swarm-manager-0"] });
      await wellFormed(world, clusterId);
      await world.up(pools(3));
      await wellFormed(world, clusterId);
      const withApi = {
        ...pools(2),
        firewall: { sshFrom: ["198.18.0.0/15"], publish: ["80/tcp"], dockerApiFrom: ["198.18.0.0/15"] },
      };
      await world.up(withApi);
      await apiAnswers(world);
      await settled(world);
      await wellFormed(world, clusterId);
      await areOf(world, series);
      await load.check();
      await world.unchanged(withApi);
    },
  });
}

/** Every node has the engine of its image. */
async function areOf(world: World, series: readonly string[]): Promise<void> {
  for (const node of await wellFormed(world)) {
    const { name } = world.nodes.find(({ nodeId }) => nodeId === node.id) ?? { name: "" };
    const index = Number(/-(\d)/.exec(name)?.[1]);
    const expected = (series[index % series.length] ?? "").replace("-", ".");
    const version = await world.onControl(
      `docker node inspect --format '{{.Description.Engine.EngineVersion}}' ${node.id}`,
    );
    assert.ok(version.startsWith(`${expected}.`), `${name} has ${version}, not ${expected}`);
  }
}

async function apiAnswers(world: World): Promise<void> {
  const { ca, certificate, key } = world.outputs.dockerApi as DockerApiOutput;
  for (const node of world.nodes.filter(({ name }) => name.startsWith("manager"))) {
    const answer = await askEngine(node.publicAddress, ca, { certificate, key });
    assert.deepEqual(answer, { nodeId: node.nodeId }, node.name);
  }
}
