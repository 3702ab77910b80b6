import * as assert from "node:assert/strict";
import * as path from "node:path";

import { ssh } from "../../../lab/ssh";
import { ask, type Vpc, vpcs, vpcsInUse } from "../account-api";
import type { Scenario } from "../scenario";
import { wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";
import { managers, workers } from "./configs";

const SMALL = { managers: managers(1), workers: workers(1) };
const TWO_CLUSTERS = path.resolve(__dirname, "../programs/two-clusters.ts");

/** "An account that is not ours alone": networks, and whatever else two may both want. */
export const ACCOUNT: readonly Scenario[] = [
  {
    name: "in a new account: up, destroy, and nothing is left but the VPC that DigitalOcean made",
    account: "new",
    async run(world) {
      assert.deepEqual(await vpcs(world), []);
      await world.up(SMALL);
      await wellFormed(world);
      await world.unchanged(SMALL);
      const { changes } = await world.driver.refresh();
      assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
      assert.deepEqual(
        (await vpcs(world)).map(({ region, default: isDefault }) => [region, isDefault]),
        [["fra1", true]],
      );
    },
  },
  {
    name: "in a new account a VPC of one's own is refused, which could never be deleted; beside the default it is made",
    account: "new",
    async run(world) {
      const config = { ...SMALL, vpc: {} };
      const log = await world.upFails(config);
      assert.match(
        log,
        /SwarmCluster "swarm": one fault in the arguments\s+- vpc: fra1 has no VPC yet: the first one/,
      );
      assert.deepEqual(await vpcs(world), []);
      assert.deepEqual(await world.lab.droplets(), []);
      // As the message says.
      await ask(world, "POST", "vpcs", { name: "default-fra1", region: "fra1" });
      await world.up(config);
      await wellFormed(world);
      await world.unchanged(config);
      const own = (await vpcs(world)).filter(vpc => !vpc.default);
      assert.deepEqual(
        await vpcsInUse(world),
        own.map(({ id }) => id),
      );
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "two stacks with the defaults live side by side, and neither touches the other",
    async run(world) {
      await world.destroy();
      const other = await world.beside("other");
      await world.up(SMALL);
      await other.up(SMALL);
      assert.notEqual(world.output("clusterId"), other.output("clusterId"));
      for (const one of [world, other]) {
        await wellFormed(one);
        await one.unchanged(SMALL);
      }
      await other.destroy();
      await wellFormed(world);
      await world.unchanged(SMALL);
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "two clusters in one program live side by side",
    async run(world) {
      await world.destroy();
      const both = await world.beside("both", TWO_CLUSTERS);
      await both.up(SMALL);
      for (const key of ["blue", "green"]) await formed(both, key);
      await both.unchanged(SMALL);
      await both.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  {
    name: "an existing VPC is used and left alone; one of another region, or that overlay networks overlap, is refused",
    async run(world) {
      await world.destroy();
      const create = async (region: string, range: string) =>
        (
          await ask<{ vpc: Vpc }>(world, "POST", "vpcs", {
            name: `theirs-${region}`,
            region,
            ip_range: range,
          })
        ).vpc;
      const [near, far] = [await create("fra1", "10.200.0.0/20"), await create("nyc3", "10.40.0.0/20")];
      const pools = { swarm: { addressPools: ["10.64.0.0/12"] } };
      const overlap = await world.upFails({ ...SMALL, vpc: { id: near.id } });
      assert.match(
        overlap,
        /swarm\.addressPools\[0\]: 10\.192\.0\.0\/11 overlaps the VPC \(10\.200\.0\.0\/20\)/,
      );
      const elsewhere = await world.upFails({ ...SMALL, ...pools, vpc: { id: far.id } });
      assert.match(elsewhere, /vpc\.id: is a VPC of nyc3, not of fra1/);
      assert.deepEqual(await world.lab.droplets(), []);
      const config = { ...SMALL, ...pools, vpc: { id: near.id } };
      await world.up(config);
      await wellFormed(world);
      await world.unchanged(config);
      assert.deepEqual(await vpcsInUse(world), [near.id]);
      await world.destroy();
      assert.deepEqual(
        (await vpcs(world)).filter(({ id }) => [near.id, far.id].includes(id)),
        [near, far],
      );
      await ask(world, "DELETE", `vpcs/${far.id}`);
      await world.eventually(60, "the VPC to be empty", () => ask(world, "DELETE", `vpcs/${near.id}`));
    },
  },
  {
    name: "address pools that overlap the region's own VPC are refused before there is a swarm, and the next up goes on",
    async run(world) {
      await world.destroy();
      const [home] = (await vpcs(world)).filter(vpc => vpc.default && vpc.region === "fra1");
      assert.ok(home, "fra1 has no default VPC");
      const log = await world.upFails({ ...SMALL, swarm: { addressPools: ["10.96.0.0/11"] } });
      assert.match(
        log,
        new RegExp(
          `manager-0: error: the address pool 10\\.96\\.0\\.0/11 overlaps ${home.ip_range.replaceAll(".", "\\.")}, which this host reaches by eth1: .* swarm\\.addressPools`,
        ),
      );
      await world.up(SMALL);
      await wellFormed(world);
      await world.unchanged(SMALL);
    },
  },
  {
    name: "destroy has time for deletions that are slow, and goes on where a droplet took too long",
    async run(world) {
      const config = { ...SMALL, vpc: {} };
      await world.destroy();
      await world.up(config);
      // Longer than the provider waits by itself for all of a droplet's deletion, and for a VPC to be empty.
      await world.lab.behave({ removalMs: 50_000, membersMs: 130_000 });
      try {
        await world.destroy();
        assert.deepEqual(await world.lab.leftovers(), []);
        await world.up(SMALL);
        // Longer than it waits for a droplet's last step, whatever it is told.
        await world.lab.behave({ removalMs: 75_000, membersMs: 3000 });
        const log = await world.destroyFails();
        assert.match(log, /timeout while waiting for state|waited 60 s for droplet/);
        await world.eventually(60, "the droplets to be gone", async () =>
          assert.deepEqual(await world.lab.droplets(), []),
        );
        await world.destroy({ refresh: true });
        assert.deepEqual(await world.lab.leftovers(), []);
      } finally {
        await world.lab.behaveAsUsual();
      }
    },
  },
];

/** Asserts that a cluster, which is one output of its program, consists of its own nodes alone, and all are Ready. */
async function formed(world: World, key: string): Promise<void> {
  const cluster = world.outputs[key] as Record<
    "controlEndpoint" | "sshUser" | "sshPrivateKey" | "sshHostKey",
    string
  > &
    Record<"managers" | "workers", OutputNode[]>;
  const { stdout, stderr } = await ssh(
    {
      host: cluster.controlEndpoint,
      user: cluster.sshUser,
      privateKey: cluster.sshPrivateKey,
      hostKey: cluster.sshHostKey,
    },
    "docker node ls --format '{{.Hostname}} {{.Status}}'",
  );
  const expected = [...cluster.managers, ...cluster.workers].map(({ hostname }) => `${hostname} Ready`);
  assert.deepEqual(stdout.trim().split("\n").sort(), expected.sort(), stderr);
  assert.equal(expected.length, 2);
}
