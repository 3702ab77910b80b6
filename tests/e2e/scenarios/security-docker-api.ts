import * as assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";

import type * as pulumi from "@pulumi/pulumi";
import execa from "execa";

import type { DockerApiOutput as Outputs } from "../../../components/swarm/docker-api/docker-api";
import type { Scenario } from "../scenario";
import type { Attempt } from "../security/attempts";
import { secured } from "../security/cluster";
import { askEngine, foreignAuthority, type Identity } from "../security/docker-api";
import { underLoad } from "../service";
import { settled, wellFormed } from "../swarm";
import type { World } from "../world";

type DockerApiOutput = pulumi.Unwrap<Outputs>;

const TOPIC = "Docker API over TLS (2376/tcp)";

/** "Docker API over TLS": who has the exported certificate gets in, and nobody else. */
export const DOCKER_API: readonly Scenario[] = [
  {
    name: "security: the Docker API lets in who holds the exported certificate, until it is renewed or turned off",
    run: dockerApi,
  },
];

async function dockerApi(world: World): Promise<void> {
  const on = await secured(world);
  const off = { ...on, firewall: { ...on.firewall, dockerApiFrom: [] } };
  await world.up(off);
  const clusterId = world.output("clusterId");
  // Each round restarts the leader at least once, which costs an election.
  const load = await underLoad(world, 9);
  // Turned on, renewed and turned off in a living cluster: each time the managers' engines restart.
  const { log } = await world.up(on);
  const first = exported(world);
  // Of what is exported only the key is secret.
  assert.match(first.key, /PRIVATE KEY/);
  assert.doesNotMatch(log, /PRIVATE KEY/);
  assert.match(log, /dockerApi\s*: /);
  const mine = { certificate: first.certificate, key: first.key };
  const foreign = await foreignAuthority(path.join(world.dir, "foreign"), first.ca);
  await everyManager(world, "the exported certificate", first.ca, mine, "let in");
  await everyManager(world, "no certificate", first.ca, undefined, "turned away");
  await everyManager(world, "another authority's certificate", first.ca, foreign.identity, "turned away");
  await everyManager(
    world,
    "the exported certificate, and a foreign CA",
    foreign.ca,
    mine,
    "does not believe it",
  );
  await dockerContext(world, first);
  await world.unchanged(on);

  const renewed = { ...on, dockerApi: { renewal: 1 } };
  await world.up(renewed);
  const second = exported(world);
  await everyManager(world, "the certificate of before the renewal", second.ca, mine, "turned away");
  const next = { certificate: second.certificate, key: second.key };
  await everyManager(world, "the renewed certificate", second.ca, next, "let in");

  await world.up(off);
  for (const node of world.nodes.filter(({ name }) => name.startsWith("manager"))) {
    const left =
      "ls /etc/docker/digitalocean-swarm-api /etc/systemd/system/docker.service.d 2>/dev/null; ss -Hltn sport = 2376";
    assert.equal(
      (await world.inside(node, left)).stdout,
      "",
      `the Docker API left something on ${node.name}`,
    );
  }
  await settled(world);
  await wellFormed(world, clusterId);
  await load.check();
  await world.unchanged(off);
}

function exported(world: World): DockerApiOutput {
  return world.outputs.dockerApi as DockerApiOutput;
}

/** Asks each manager at its own address, and the control endpoint. */
async function everyManager(
  world: World,
  what: string,
  ca: string,
  identity: Identity | undefined,
  intended: "let in" | "turned away" | "does not believe it",
): Promise<void> {
  const rows: Attempt[] = [];
  const managers = world.nodes.filter(({ name }) => name.startsWith("manager"));
  const [first] = managers;
  assert.ok(first);
  const places = [
    ...managers.map(node => ({ node, at: "public" as const, host: node.publicAddress })),
    { node: first, at: "reserved IP" as const, host: world.output("controlEndpoint") },
  ];
  for (const { node, at, host } of places) {
    const answer = await askEngine(host, ca, identity);
    if ("nodeId" in answer) assert.equal(answer.nodeId, node.nodeId);
    rows.push({ topic: TOPIC, from: "operator", to: node.name, at, what, intended, seen: outcome(answer) });
  }
  world.attempts.check(rows);
}

function outcome(answer: Awaited<ReturnType<typeof askEngine>>): string {
  if ("nodeId" in answer) return "let in";
  if (/alert|handshake|certificate required|bad certificate/i.test(answer.turnedAway)) return "turned away";
  if (/self.signed|unable to (verify|get)|signature/i.test(answer.turnedAway)) return "does not believe it";
  return answer.turnedAway;
}

/** The documented lines, with the docker of this machine. */
async function dockerContext(world: World, api: DockerApiOutput): Promise<void> {
  const dir = path.join(world.dir, "docker");
  await mkdir(dir, { recursive: true });
  const files = { "ca.pem": api.ca, "cert.pem": api.certificate, "key.pem": api.key };
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(dir, name), text, { mode: 0o600 });
  const docker = (...args: string[]) =>
    execa("docker", args, { cwd: dir, env: { DOCKER_CONFIG: dir, DOCKER_HOST: undefined } });
  await docker(
    "context",
    "create",
    "swarm",
    "--docker",
    `host=${api.host},ca=ca.pem,cert=cert.pem,key=key.pem`,
  );
  const { stdout } = await docker("--context", "swarm", "node", "ls", "--quiet");
  assert.equal(stdout.split("\n").length, world.nodes.length);
}
