import { output } from "@pulumi/pulumi";

import { makeCluster } from "./cluster";
import { isSecret, valueOf } from "./mocks";
import { sentTo } from "./sent";

const FROM = { sshFrom: ["192.0.2.7/32"], dockerApiFrom: ["192.0.2.0/24"] };
const NAMES = ["demo-manager-0-docker-api", "demo-manager-1-docker-api", "demo-manager-2-docker-api"];

test("nobody may reach it: nothing is run until it is turned on and off again, and there is no key and no output", async () => {
  const world = await makeCluster();
  const { get, list, cluster } = world;
  for (const name of NAMES) {
    const { create, update, delete: remove } = get(name).inputs;
    expect([name, create, remove]).toEqual([name, undefined, undefined]);
    expect(update).toBe(
      `timeout 600 bash --norc -s 'docker-api' '${name.slice("demo-".length, -"-docker-api".length)}'`,
    );
    const words = { NODE: expect.any(String) as string, WAIT_SECONDS: "60", WANTED: "off", UNLOCK_KEY: "" };
    expect(sentTo(world, name)).toEqual(words);
  }
  expect(list().filter(name => /Cert|PrivateKey demo-docker/.test(name))).toEqual([]);
  expect(cluster.dockerApi).toBeUndefined();
});

test("managers serve it, workers do not", async () => {
  const world = await makeCluster({ firewall: FROM });
  expect(
    world
      .commands()
      .filter(({ name }) => name.endsWith("docker-api"))
      .map(({ name }) => name),
  ).toEqual(NAMES);
});

test("a server's certificate names all of its addresses, and is for servers only", async () => {
  const world = await makeCluster({ firewall: FROM });
  expect(world.get("demo-docker-api-manager-1", "CertRequest").inputs).toMatchObject({
    dnsNames: ["demo-manager-1-0000000"],
    ipAddresses: ["203.0.113.11", "10.110.0.11", "198.51.100.1"],
  });
  const uses = (name: string) => world.get(name, "LocallySignedCert").inputs.allowedUses;
  expect(uses("demo-docker-api-manager-1")).toEqual(["digital_signature", "server_auth"]);
  expect(uses("demo-docker-api-client")).toEqual(["digital_signature", "client_auth"]);
});

test("engines are restarted one after the other, when all nodes are reconciled", async () => {
  const world = await makeCluster({ firewall: FROM }, { slow: ["demo-web-reconcile"] });
  const [first, second, third] = NAMES.map(name => world.get(name));
  for (const name of ["demo-web-reconcile", "demo-manager-reconcile"])
    expect(world.get(name).finished).toBeLessThan(first?.started ?? 0);
  expect(first?.finished).toBeLessThan(second?.started ?? 0);
  expect(second?.finished).toBeLessThan(third?.started ?? 0);
});

test("it is turned on at once, and by a change; taken back by a change, never by a deletion", async () => {
  const world = await makeCluster({ firewall: FROM });
  for (const name of NAMES) {
    const { create, update, delete: remove, triggers } = world.get(name).inputs;
    expect(create).toBe(
      `timeout 600 bash --norc -s 'docker-api' '${name.slice("demo-".length, -"-docker-api".length)}'`,
    );
    // Without an `update` of its own a Command that has changed runs its `create` again.
    expect([name, update, remove]).toEqual([name, undefined, undefined]);
    expect(triggers).toEqual([expect.stringMatching(/^70\d\d$/)]);
    expect(sentTo(world, name).WANTED).toBe("on");
  }
  const off = await makeCluster();
  for (const name of NAMES) expect(off.get(name).inputs.triggers).toEqual(world.get(name).inputs.triggers);
});

test("keys are secret, in the inputs and in the output", async () => {
  const world = await makeCluster({ firewall: FROM });
  for (const name of NAMES) expect(world.get(name).secrets).toContain("stdin");
  if (!world.cluster.dockerApi) throw new Error("there is no output");
  const { key, ...others } = world.cluster.dockerApi;
  expect(await isSecret(key)).toBe(true);
  for (const [name, value] of Object.entries(others))
    expect([name, await isSecret(value)]).toEqual([name, false]);
  expect(await valueOf(output(world.cluster.dockerApi))).toEqual({
    host: "tcp://198.51.100.1:2376",
    ca: "CERTIFICATE-demo-docker-api-ca",
    certificate: "CERTIFICATE-demo-docker-api-client",
    key: "KEY-demo-docker-api-client",
  });
});

test("a renewal is another authority, and other keys and certificates", async () => {
  const world = await makeCluster({ firewall: FROM, dockerApi: { renewal: 2 } });
  const own = world.list().filter(name => /Cert|PrivateKey demo-docker/.test(name));
  expect(own).toHaveLength(14);
  for (const name of own) expect(name).toContain("demo-docker-api-2-");
});

test("where the swarm is locked, a manager is unlocked after its restart", async () => {
  const world = await makeCluster({ firewall: FROM, swarm: { autolock: true } });
  for (const name of NAMES) expect(sentTo(world, name).UNLOCK_KEY).toBe("SWMKEY-1-demo");
});
