import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { gone, members, settled, wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";
import { BASE, managers, workers } from "./configs";
import { faulty } from "./faulty";

/** "A cluster that can be changed": what breaks is mended by the next `up`. */
export const FAULTS: readonly Scenario[] = [
  faulty(
    "the first manager's droplet deleted behind Pulumi's back, then up --refresh",
    async world => {
      await world.lab.deleteDroplet(world.node("manager-0").hostname);
      await gone(world, world.node("manager-0").hostname);
      await world.up(BASE, { refresh: true });
      return undefined;
    },
    { elections: 2 },
  ),
  faulty(
    "a worker powered off for good, then scaled away",
    async world => {
      await world.lab.act(world.node("worker-2").hostname, "power_off");
      await world.eventually(60, "the swarm to see that the worker is down", async () => {
        const seen = (await members(world)).find(node => node.id === world.node("worker-2").nodeId);
        assert.equal(seen?.state, "down");
      });
      await world.up(BASE);
      return BASE;
    },
    { from: { ...BASE, workers: workers(3) } },
  ),
  faulty("a node's dockerd restarted: up finds nothing to do", async world => {
    const restarted = await world.inside(
      world.node("manager-1"),
      "systemctl restart docker && docker info >/dev/null",
    );
    assert.equal(restarted.code, 0, restarted.stderr);
    await settled(world);
    await world.unchanged(BASE);
    return undefined;
  }),
  faulty(
    "a node rebooted: up finds nothing to do",
    async world => {
      await world.lab.act(world.node("manager-2").hostname, "reboot");
      await settled(world);
      await world.unchanged(BASE);
      return undefined;
    },
    // Whoever leads by then: on a cluster that was changed before it may be this one.
    { elections: 2 },
  ),
  faulty(
    "a node leaves the swarm by hand: the next up with `reconcile` joins it again",
    async world => {
      const before = world.node("worker-2").nodeId;
      assert.equal((await world.inside(world.node("worker-2"), "docker swarm leave")).code, 0);
      const config = { ...BASE, workers: workers(3), swarm: { reconcile: "after-leave" } };
      await world.up(config);
      assert.notEqual(world.node("worker-2").nodeId, before);
      return config;
    },
    { from: { ...BASE, workers: workers(3) } },
  ),
  faulty(
    "a worker that was broken into gives another's node ID: it is named, and takes nobody with it",
    async world => {
      const [victim, impostor] = [world.node("worker-1"), world.node("worker-2")];
      const lie = `#!/bin/sh\necho active false ${victim.nodeId} -\n`;
      const install = `cat > /usr/local/bin/docker <<'END'\n${lie}END\nchmod +x /usr/local/bin/docker`;
      assert.equal((await world.inside(impostor, install)).code, 0);
      const log = await world.upFails({ ...BASE, workers: workers(3), swarm: { reconcile: "broken-into" } });
      assert.match(log, /worker-2: error: has the node ID of worker-1/);
      const config = { ...BASE, swarm: { reconcile: "broken-into" } };
      await world.up(config);
      assert.equal(world.node("worker-1").nodeId, victim.nodeId);
      return config;
    },
    { from: { ...BASE, workers: workers(3) } },
  ),
  faulty("the API answers 429 and 500 midway: up completes", async world => {
    await world.lab.setFault({
      method: "POST",
      path: "^/v2/droplets$",
      status: 429,
      message: "Too many requests",
      times: 1,
    });
    await world.lab.setFault({
      method: "GET",
      path: "^/v2/droplets/\\d+$",
      status: 500,
      message: "Server error",
      times: 2,
    });
    const config = { ...BASE, workers: workers(3) };
    await world.up(config);
    await world.up(BASE);
    return undefined;
  }),
  faulty(
    "the API refuses a droplet (422, droplet limit): a clear error, and the next up completes",
    async world => {
      const message = "creating this/these droplet(s) will exceed your droplet limit";
      await world.lab.setFault({ method: "POST", path: "^/v2/droplets$", status: 422, message, times: 1 });
      const config = { ...BASE, workers: workers(3) };
      assert.match(await world.upFails(config), /droplet limit/);
      await world.lab.clearFaults();
      await world.up(config);
      await world.up(BASE);
      return undefined;
    },
  ),
  faulty("SSH is cut after a join took effect, before it answered: the next up goes on", async world => {
    const known = new Set(world.nodes.map(node => node.hostname));
    const cut = cutOnceJoined(world, known);
    const config = { ...BASE, workers: workers(3) };
    assert.match(await world.upFails(config), /swarm-worker-2-join/);
    await cut;
    await world.up(config);
    await wellFormed(world);
    await world.up(BASE);
    return undefined;
  }),
  faulty(
    "a join as a manager that fails halfway: the next try joins, and the node that it left is removed",
    async world => {
      await hideNextManager(world, world.node("manager-0"));
      const config = { ...BASE, managers: managers(1, { revision: "r2" }) };
      const { log } = await world.up(config);
      assert.match(log, /could not connect to prospective new cluster member/);
      assert.match(log, /removed node \w+, which a failed join had left/);
      await wellFormed(world);
      return config;
    },
    { from: { ...BASE, managers: managers(1) } },
  ),
  faulty("a node whose installation fails: a bounded wait, then the node and the reason", async world => {
    const config = { ...BASE, workers: workers(3), dockerVersion: "99.99.99", timeouts: { boot: 90 } };
    const log = await world.upFails(config);
    assert.match(
      log,
      /worker-2: error: the host's preparation did not end in time; it was adding Docker's package repository, waiting: curl: \(6\)/,
    );
    await world.up(BASE);
    return undefined;
  }),
  faulty("a node whose SSH never answers: a bounded wait, then an error that names the node", async world => {
    const firewall = { sshFrom: ["192.0.2.1/32"], publish: ["80/tcp", "443/tcp"] };
    const log = await world.upFails({ ...BASE, firewall, workers: workers(3), timeouts: { ssh: 30 } });
    // As many as fit into these seconds, and ten more.
    assert.match(log, /swarm-worker-2-join[^]*after 14 failed attempts/);
    assert.match(log, /nobody answers SSH at [\d.]+:22, .* firewall\.sshFrom lets in 192\.0\.2\.1\/32/);
    await world.up(BASE);
    return undefined;
  }),
];

/** Waits for a droplet that is not known yet, and makes it drop its SSH connections once it is in the swarm. */
async function cutOnceJoined(world: World, known: ReadonlySet<string>): Promise<void> {
  const wrapper = [
    "#!/bin/sh",
    "state=$(/usr/bin/docker info --format '{{.Swarm.LocalNodeState}}')",
    `if [ "$state" = active ] && mkdir /run/cut 2>/dev/null; then pkill -f 'sshd.*notty'; sleep 2; fi`,
    'exec /usr/bin/docker "$@"',
  ].join("\n");
  const install = `cat > /usr/local/bin/docker <<'END'\n${wrapper}\nEND\nchmod +x /usr/local/bin/docker`;
  await world.eventually(60, "the new droplet", async () => {
    const fresh = (await world.lab.droplets()).find(({ hostname }) => !known.has(hostname));
    assert.ok(fresh);
    assert.equal((await world.lab.exec(fresh.hostname, ["sh", "-c", install])).code, 0);
  });
}

/** Keeps the leader from reaching a manager that joins, until some seconds after it gave it a certificate. */
async function hideNextManager(world: World, leader: OutputNode): Promise<void> {
  const hide = [
    "rule='OUTPUT -o eth1 -p tcp --dport 2377 -j DROP'",
    "iptables -w -I $rule",
    `for i in {1..600}; do [[ $(docker node ls -q --filter role=manager | wc -l) == 1 ]] || break; sleep 0.1; done`,
    "sleep 7",
    "iptables -w -D $rule",
  ].join("\n");
  const start = `cat > /run/hide <<'END'\n${hide}\nEND\nsetsid bash /run/hide </dev/null >/run/hide.log 2>&1 &`;
  assert.equal((await world.inside(leader, start)).code, 0);
}
