import { makeCluster } from "./cluster";
import { ED25519 } from "./key-pairs";
import { DROPLET } from "./mocks";
import { joinRequests, sentTo } from "./sent";

const { publicKey, privateKey } = ED25519;

test("a cluster of 3 managers and 2 workers consists of exactly these resources", async () => {
  const world = await makeCluster();
  expect(world.tree()).toEqual([
    "Command demo-bootstrap < Swarm demo",
    "Command demo-ca-rotation < Swarm demo",
    "Command demo-manager-0-docker-api < DockerApi demo-docker-api",
    "Command demo-manager-0-join < Swarm demo",
    "Command demo-manager-0-leave < Swarm demo",
    "Command demo-manager-1-docker-api < DockerApi demo-docker-api",
    "Command demo-manager-1-join < Swarm demo",
    "Command demo-manager-1-leave < Swarm demo",
    "Command demo-manager-2-docker-api < DockerApi demo-docker-api",
    "Command demo-manager-2-join < Swarm demo",
    "Command demo-manager-2-leave < Swarm demo",
    "Command demo-manager-reconcile < Swarm demo",
    "Command demo-manager-token < Swarm demo",
    "Command demo-manager-token-rotated < Swarm demo",
    "Command demo-members < Swarm demo",
    "Command demo-web-0-join < Swarm demo",
    "Command demo-web-0-leave < Swarm demo",
    "Command demo-web-1-join < Swarm demo",
    "Command demo-web-1-leave < Swarm demo",
    "Command demo-web-reconcile < Swarm demo",
    "Command demo-worker-token < Swarm demo",
    "Command demo-worker-token-rotated < Swarm demo",
    "DockerApi demo-docker-api < Swarm demo",
    "Droplet demo-manager-0 < NodePool demo-manager",
    "Droplet demo-manager-1 < NodePool demo-manager",
    "Droplet demo-manager-2 < NodePool demo-manager",
    "Droplet demo-web-0 < NodePool demo-web",
    "Droplet demo-web-1 < NodePool demo-web",
    "Firewall demo < Network demo",
    "Network demo < SwarmCluster demo",
    "NodePool demo-manager < SwarmCluster demo",
    "NodePool demo-web < SwarmCluster demo",
    "PrivateKey demo-manager-host-key < NodePool demo-manager",
    "PrivateKey demo-ssh < SwarmCluster demo",
    "PrivateKey demo-web-host-key < NodePool demo-web",
    "ReservedIp demo-control < Network demo",
    "ReservedIpAssignment demo-control < Swarm demo",
    "SshKey demo-ssh < SwarmCluster demo",
    "Swarm demo < SwarmCluster demo",
    "SwarmCluster demo < ",
    "Tag demo < Network demo",
  ]);
});

test("the user's own keys take the place of generated ones", async () => {
  const world = await makeCluster({
    ssh: { publicKey, privateKey, additionalKeys: ["12:34"] },
    tags: ["prod"],
  });
  expect(world.list()).not.toContain("PrivateKey demo-ssh");
  expect(world.get("demo-ssh").inputs.publicKey).toBe(publicKey.trim());
  expect(world.get("demo-ssh").secrets).toEqual([]);
  expect(world.get("demo-web-1").inputs).toMatchObject({
    sshKeys: ["fingerprint-demo-ssh", "12:34"],
    tags: ["demo-tag", "prod"],
  });
  expect(world.get("demo-bootstrap").inputs.connection).toMatchObject({ privateKey });
});

describe("resource options", () => {
  test.each(["manager-0", "manager-1", "manager-2", "web-0", "web-1"])(
    "%s leaves gracefully while the cluster's tag is there, also when its host is replaced",
    async node => {
      const world = await makeCluster();
      const leave = world.get(`demo-${node}-leave`);
      const droplet = world.get(`demo-${node}`);
      const [, request] = joinRequests(world, `demo-${node}-join`)[0] ?? [];
      const address = String(request?.AdvertiseAddr).replace(":2377", "");
      expect(leave.deletedWith).toBe("Tag demo");
      expect(leave.inputs.create).toBeUndefined();
      expect(leave.inputs.update).toBeUndefined();
      expect(leave.inputs.delete).toMatch(/^timeout \d+ python3 -I -S - 'leave' /);
      expect(leave.inputs.triggers).toEqual([expect.stringMatching(/^\d+$/), `id-of-${address}`]);
      expect(sentTo(world, leave.name).NODE_ID).toBe(`id-of-${address}`);
      expect(leave.dependencies).toContain(`Command demo-${node}-join`);
      // Deleted before its host.
      expect(leave.dependencies).toContain(`Droplet ${droplet.name}`);
      expect(world.get(`demo-${node}-join`).inputs.triggers).toEqual([
        (leave.inputs.triggers as string[])[0],
      ]);
    },
  );

  test("what belongs to the bootstrap is never run again, everything else is", async () => {
    const world = await makeCluster({ swarm: { workerTokenRotation: 1 } });
    const frozen = world.commands().filter(one => one.ignoreChanges.includes("*"));
    expect(frozen.map(one => one.name).sort()).toEqual([
      "demo-bootstrap",
      "demo-manager-token",
      "demo-worker-token",
    ]);
    const others = world.commands().filter(one => !frozen.includes(one));
    expect(others.flatMap(one => one.ignoreChanges)).toEqual([]);
  });

  test("droplets wait for the firewall, have unique names, and are not replaced by an edit", async () => {
    const world = await makeCluster();
    const droplets = world.resources.filter(({ type }) => type === DROPLET);
    expect(droplets).toHaveLength(5);
    for (const droplet of droplets) {
      expect(droplet.dependencies).toContain("Firewall demo");
      expect(droplet.inputs.name).toBeUndefined();
      expect(droplet.deleteBeforeReplace).toBe(false);
      expect(droplet.ignoreChanges).toEqual([
        ...["region", "size", "image", "monitoring", "ipv6", "vpcUuid", "sshKeys", "userData"],
      ]);
    }
  });

  test("monitoring, backups and IPv6 are a pool's or a node's own, and not sent where nothing is said", async () => {
    const world = await makeCluster({
      managers: { count: 1, backups: true },
      workers: {
        web: { count: 2, monitoring: true, ipv6: true, nodes: { "1": { monitoring: false, backups: true } } },
        db: { count: 1 },
      },
    });
    const asked = (name: string) => {
      const { monitoring, backups, ipv6 } = world.get(name).inputs;
      return { monitoring, backups, ipv6 };
    };
    expect(asked("demo-manager-0")).toEqual({ backups: true });
    expect(asked("demo-web-0")).toEqual({ monitoring: true, ipv6: true });
    expect(asked("demo-web-1")).toEqual({ monitoring: false, backups: true, ipv6: true });
    expect(Object.keys(world.get("demo-db-0").inputs)).toEqual(
      Object.keys((await makeCluster()).get("demo-web-0").inputs),
    );
    expect(Object.keys(world.get("demo-db-0").inputs)).not.toContain("backups");
  });

  test("droplets of all pools are put into the project that is named, and nothing is moved when that ends", async () => {
    const project = "1c2bb1a4-7f1c-4c1d-9d8c-0123456789ab";
    const world = await makeCluster({ managers: { count: 1 }, project });
    const put = world.get("demo", "ProjectResources");
    expect(put.inputs).toEqual({
      project,
      resources: ["do:droplet:7010", "do:droplet:7060", "do:droplet:7061"],
    });
    expect([put.parent, put.retainOnDelete]).toEqual(["SwarmCluster demo", true]);
    // A cluster does not wait for it.
    const waiting = world.resources.filter(one => one.dependencies.includes("ProjectResources demo"));
    expect(waiting).toEqual([]);
  });

  test("the reserved IP's holder is the assignment's business alone", async () => {
    const world = await makeCluster();
    expect(world.get("demo-control", "ReservedIp").ignoreChanges).toEqual(["dropletId"]);
    expect(world.get("demo-control", "ReservedIp").inputs).toEqual({ region: "fra1" });
    expect(world.get("demo-control", "ReservedIpAssignment").inputs).toEqual({
      ipAddress: "198.51.100.1",
      dropletId: 7010,
    });
  });
});

describe("secrets", () => {
  test("private keys, user data, connections and what holds a token are sent as secrets", async () => {
    const world = await makeCluster({
      ssh: { publicKey, privateKey },
      swarm: { workerTokenRotation: 1, managerTokenRotation: 1 },
    });
    const needles = [
      JSON.stringify(privateKey).slice(1, -1),
      "PRIVATE-demo-manager-host-key",
      "PRIVATE-demo-web-host-key",
      "SWMTKN-1-",
    ];
    const found = world.resources.flatMap(one =>
      Object.entries(one.inputs)
        .filter(([, value]) => needles.some(needle => JSON.stringify(value).includes(needle)))
        .map(([key]) => ({ where: `${one.name}.${key}`, secret: one.secrets.includes(key) })),
    );
    expect(found.filter(({ secret }) => !secret)).toEqual([]);
    // Every connection, five droplets' user data, five joins.
    expect(found).toHaveLength(world.commands().length + 5 + 5);
  });

  test("Commands whose output is a token log nothing and keep it secret; the others log progress only", async () => {
    const world = await makeCluster({ swarm: { workerTokenRotation: 1, managerTokenRotation: 1 } });
    for (const one of world.commands()) {
      const token = /-token(-rotated)?$/.test(one.name);
      expect([one.name, one.inputs.logging]).toEqual([one.name, token ? "none" : "stderr"]);
      expect([one.name, one.additionalSecretOutputs.includes("stdout")]).toEqual([one.name, token]);
    }
  });
});
