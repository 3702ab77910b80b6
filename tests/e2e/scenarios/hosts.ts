import * as assert from "node:assert/strict";

import { ask } from "../account-api";
import type { Scenario } from "../scenario";
import { attemptsOf } from "../security/attempts";
import { tryFrom } from "../security/tcp";
import { wellFormed } from "../swarm";
import type { OutputNode, World } from "../world";
import { managers, workers } from "./configs";
import { PROJECT_OF_DROPLETS } from "./host-projects";

const SMALL = { managers: managers(1), workers: workers(1) };
const FEATURES = { monitoring: true, backups: true, ipv6: true };

/** What people need from a node. */
export const HOSTS: readonly Scenario[] = [
  {
    name: "a node has monitoring, backups and IPv6 where they are asked for; an edit of them leaves a droplet alone",
    run: features,
  },
  {
    name: "security: containers are no members over IPv6 either",
    run: guarded,
  },
  {
    name: "logs of containers are rotated by default, and no engine is started twice for it",
    run: rotated,
  },
  {
    name: "more cloud-config is over before a node joins, daemon.json is merged into the image's, and an edit waits",
    run: extra,
  },
  {
    name: "a command of one's own that fails at the first boot is the reason that up gives",
    async run(world) {
      await world.destroy();
      const log = await world.upFails({ ...SMALL, cloudInit: "#!/bin/sh\necho SECRET\nexit 3\n" });
      assert.match(
        log,
        /manager-0: error: the host's preparation failed: while running the commands of `cloudInit`: they ended with status 3/,
      );
      assert.doesNotMatch(log, /SECRET/);
      await world.destroy();
      assert.deepEqual(await world.lab.leftovers(), []);
    },
  },
  PROJECT_OF_DROPLETS,
];

async function features(world: World): Promise<void> {
  const config = { ...SMALL, workers: workers(1, FEATURES) };
  await world.up(config);
  await wellFormed(world);
  const [manager, worker] = ["manager-0", "worker-0"].map(name => world.node(name));
  assert.ok(manager && worker);
  assert.deepEqual((await apiOf(world, manager)).features, []);
  const { id, features: before } = await apiOf(world, worker);
  assert.deepEqual(before, ["backups", "ipv6", "monitoring"]);
  assert.equal(manager.publicIpv6, undefined);
  const addresses = await world.inside(worker, "ip -6 -oneline address show dev eth0 scope global");
  assert.equal(/inet6 (\S+)\//.exec(addresses.stdout)?.[1], worker.publicIpv6);
  await world.unchanged(config);

  const { log, changes } = await world.up(SMALL);
  assert.match(log, /worker-0 keeps monitoring on, not off and ipv6 on, not off: running nodes are not/);
  assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 1, replace: 0, delete: 0, same: 0 });
  assert.deepEqual(await apiOf(world, worker), { id, features: ["ipv6", "monitoring"] });
  await world.unchanged(SMALL);
}

/** A droplet as the account's API has it, with the features that are asked for. */
async function apiOf(world: World, node: OutputNode): Promise<{ id: number; features: string[] }> {
  const { droplets } = await ask<{ droplets: { id: number; name: string; features: string[] }[] }>(
    world,
    "GET",
    "droplets?per_page=200",
  );
  const found = droplets.find(({ name }) => name === node.hostname);
  assert.ok(found, `the account has no droplet ${node.hostname}`);
  return { id: found.id, features: found.features.filter(name => name in FEATURES).sort() };
}

/** Its host is the nearest that a container reaches over IPv6, and stands for every other. */
async function guarded(world: World): Promise<void> {
  await world.up(SMALL);
  const node = world.node("worker-0");
  const run = async (command: string) => {
    const { code, stdout, stderr } = await world.inside(node, command);
    assert.equal(code, 0, `"${command}": ${stderr}`);
    return stdout.trim();
  };
  await run("docker network create --ipv6 --subnet fd00:5a::/64 six");
  try {
    await run("docker run --detach --name stranger --network six lab/workload:1 sleep 600");
    const pid = await run("docker inspect --format '{{.State.Pid}}' stranger");
    const host = { to: node.name, at: "private" as const, address: "fd00:5a::1" };
    const scan = (ports: readonly number[]) =>
      tryFrom(
        world.lab,
        node.hostname,
        ports.map(port => ({ ...host, port })),
        ["nsenter", "--target", pid, "--net"],
      );
    // What comes through to a port that nobody has is refused; a new address is not ready at once.
    await world.eventually(30, "the container to reach its host over IPv6", async () =>
      assert.deepEqual(await scan([2379]), ["refused"]),
    );
    const attempt = async (guard: boolean) => {
      const without = { 2377: "refused", 7946: "open" } as const;
      const ports = [2377, 7946] as const;
      return attemptsOf(
        "containers are no members",
        `a container on ${node.name}, over IPv6${guard ? "" : ", with the guard taken away"}`,
        ports.map(port => ({ ...host, port })),
        await scan(ports),
        ({ port }) => (guard ? "dropped" : without[port]),
      );
    };
    const attempts = await attempt(true);
    await run("ip6tables -t mangle -F");
    attempts.push(...(await attempt(false)));
    world.attempts.check(attempts);
  } finally {
    await world.inside(
      node,
      "systemctl restart digitalocean-swarm-guard; docker rm --force stranger; docker network rm six",
    );
  }
}

async function rotated(world: World): Promise<void> {
  await world.up(SMALL);
  for (const node of world.nodes) {
    const look = async (command: string) => (await world.inside(node, command)).stdout.trim();
    const config = await look(
      "docker inspect --format '{{json .HostConfig.LogConfig}}' $(docker create --name look lab/workload:1 true)",
    );
    await world.inside(node, "docker rm look");
    assert.deepEqual(JSON.parse(config), {
      Type: "json-file",
      Config: { "max-file": "3", "max-size": "10m" },
    });
    assert.equal(await look("stat --format %a /etc/docker/daemon.json"), "600");
    assert.equal(
      await look("journalctl --unit docker.service --output cat | grep -c '^Started docker.service'"),
      "1",
      `${node.name}'s engine was started again`,
    );
  }
}

/** The file is as if the image had it: it is there before the engine starts. */
const CLOUD_INIT = `#cloud-config
write_files:
  - path: /etc/docker/daemon.json
    content: '{"debug": true, "log-driver": "local"}'
  - { path: /etc/extra.txt, permissions: 0640, content: "no" }
runcmd:
  - test ! -e /var/lib/digitalocean-swarm/prepared
  - [sh, -c, 'cat /var/lib/digitalocean-swarm/preparing >/etc/ran.txt']
`;

async function extra(world: World): Promise<void> {
  await world.destroy();
  const config = { ...SMALL, cloudInit: CLOUD_INIT, daemon: { labels: { zone: "a" } } };
  await world.up(config);
  await wellFormed(world);
  for (const node of world.nodes) {
    const look = async (command: string) => (await world.inside(node, command)).stdout.trim();
    assert.equal(await look("cat /etc/ran.txt"), "running the commands of `cloudInit`");
    assert.equal(await look("stat --format %a /etc/extra.txt; cat /etc/extra.txt"), "640\nno");
    assert.equal(await look("stat --format %a /usr/local/sbin/digitalocean-swarm-extra"), "700");
    assert.deepEqual(JSON.parse(await look("cat /etc/docker/daemon.json")), {
      debug: true,
      "log-driver": "local",
      labels: ["zone=a"],
    });
    assert.equal(
      await look("docker info --format '{{.LoggingDriver}} {{.Debug}} {{.Labels}}'"),
      "local true [zone=a]",
    );
  }
  await world.unchanged({ ...config, cloudInit: "#!/bin/sh\nexit 1\n", daemon: { logDriver: "journald" } });
}
