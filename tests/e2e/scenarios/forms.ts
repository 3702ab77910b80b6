import * as assert from "node:assert/strict";

import { UserProject } from "../project";
import type { Scenario } from "../scenario";
import { findSecrets } from "../secrets";
import { wellFormed } from "../swarm";

/** "A real Swarm from one command." */
export const FORMS: readonly Scenario[] = [
  {
    name: "a cluster forms: every node Ready in its role, with its labels",
    core: true,
    async run(world) {
      const { changes } = await world.up();
      assert.equal(changes.same, 0);
      const seen = await wellFormed(world);
      assert.equal(seen.filter(node => node.role === "manager").length, 3);
      const workers = seen.filter(node => node.role === "worker");
      assert.equal(workers.length, 2);
      for (const worker of workers) assert.equal(worker.labels.tier, "web");
    },
  },
  {
    name: "up again: nothing changed",
    core: true,
    run: world => world.unchanged(),
  },
  {
    name: "refresh: no difference",
    core: true,
    async run(world) {
      const { changes } = await world.driver.refresh();
      assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    },
  },
  {
    name: "tokens and keys are secret: in no output, no log, no state, no ps and no history",
    core: true,
    async run(world) {
      const { secretOutputs, log } = await world.up();
      assert.deepEqual([...secretOutputs].sort(), ["managerToken", "sshPrivateKey", "workerToken"]);
      assert.deepEqual(await findSecrets(world, { "the log of up": log }), []);
    },
  },
  {
    name: "a second project deploys a compose file through a StackReference, and removes it",
    core: true,
    skip: { rehearsal: "a StackReference needs a backend, which the mocks do not have" },
    async run(world) {
      await world.up();
      await UserProject.consumer(world, "app", async app => {
        const config = {
          "swarm-app:cluster": "organization/digitalocean-swarm/lab",
          "swarm-app:image": "lab/workload:1",
        };
        const { values } = await app.up(config);
        assert.equal(values.services, "app_web 2/2 (max 1 per node)");
        assert.deepEqual(Object.keys((await app.up(config)).changes), ["same"]);
        await app.destroy();
      });
      assert.equal(await world.onControl("docker stack ls --format '{{.Name}}'"), "");
      await world.unchanged();
    },
  },
  {
    name: "destroy: nothing is left behind",
    core: true,
    async run(world) {
      await world.destroy();
      const left = await world.lab.leftovers();
      assert.deepEqual(left, []);
    },
  },
];
