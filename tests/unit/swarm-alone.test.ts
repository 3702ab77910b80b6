import * as pulumi from "@pulumi/pulumi";

import { Swarm, type SwarmNode } from "../../components";
import { quiet, startRecording } from "./mocks";

const node = (name: string, role: "manager" | "worker", last: number): SwarmNode => ({
  name,
  role,
  pool: role,
  identity: `host-${name}`,
  host: pulumi.output({
    hostname: name,
    privateAddress: `10.0.0.${last}`,
    publicAddress: `192.0.2.${last}`,
  }),
  labels: {},
  availability: "active",
});

test("hosts that answer SSH become a swarm, with nothing of DigitalOcean", async () => {
  const world = await startRecording();
  const lifetime = new pulumi.ComponentResource("test:index:Hosts", "hosts");
  new Swarm("rack", {
    nodes: [node("a", "manager", 1), node("b", "worker", 2)],
    ssh: { user: "admin", privateKey: "KEY" },
    controlAddress: "192.0.2.9",
    lifetime,
  });
  await quiet();
  expect(world.list().filter(line => line.includes("digitalocean:"))).toEqual([]);
  expect(
    world
      .commands()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "rack-a-docker-api",
    "rack-a-join",
    "rack-a-leave",
    "rack-b-join",
    "rack-b-leave",
    "rack-bootstrap",
    "rack-ca-rotation",
    "rack-manager-reconcile",
    "rack-manager-token",
    "rack-manager-token-rotated",
    "rack-members",
    "rack-worker-reconcile",
    "rack-worker-token",
    "rack-worker-token-rotated",
  ]);
  // Nodes leave through the control address; without a host key, no host is verified.
  expect(world.get("rack-b-leave").inputs.connection).toMatchObject({ host: "192.0.2.9", user: "admin" });
  expect(world.get("rack-b-join").inputs.connection).not.toHaveProperty("hostKey");
});
