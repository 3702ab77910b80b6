import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import { type Attempt, attemptsOf } from "../security/attempts";
import { deployTasks, places, secured } from "../security/cluster";
import { type Datagram, type DatagramOutcome, sendFrom } from "../security/datagrams";
import { clusterVpc, operatorAddress, withHosts } from "../security/hosts";
import {
  everyPort,
  type Place,
  type TcpOutcome,
  type TcpTarget,
  tryFrom,
  tryFromHere,
} from "../security/tcp";
import type { World } from "../world";

/** The ports that a swarm of Docker's defaults may have something on, and one that a container publishes. */
const PORTS = [22, 80, 2375, 2376, 2377, 4789, 7946, 8080];
const CONNECTIONS = "cloud firewall: TCP";
const CONNECTIONLESS = "cloud firewall: packets without a connection";

/** Who reaches which port. */
export const SECURITY: readonly Scenario[] = [
  {
    name: "security: every TCP port of every node, tried from outside, from its VPC, by a member and by the operator",
    core: true,
    run: scan,
  },
  {
    name: "security: UDP, ESP and ICMP are counted on the node: members' ports arrive, all else is dropped",
    run: datagrams,
  },
];

async function scan(world: World): Promise<void> {
  await world.up(await secured(world));
  await deployTasks(world);
  const all = places(world);
  const publicOnes = all.filter(({ at }) => at !== "private");
  assert.equal(
    (await world.onControl("echo $SSH_CLIENT")).split(" ")[0],
    await operatorAddress(world.lab),
    "the nodes see this machine at another address",
  );
  const vpc = await clusterVpc(world);
  await withHosts(world, { outsider: undefined, neighbour: vpc }, async () => {
    const member = world.node("worker-0");
    const others = all.filter(({ to }) => to !== member.name);
    // What listens answers on the node itself: none of what is dropped below is dropped for want of a listener.
    const own: Attempt[] = [];
    for (const node of world.nodes) {
      const targets = everyPort(
        all.filter(({ to, at }) => to === node.name && at === "private"),
        PORTS.filter(port => listens(node.name, port)),
      );
      own.push(
        ...attemptsOf(
          CONNECTIONS,
          "the node itself",
          targets,
          await tryFrom(world.lab, node.hostname, targets),
          () => "open",
        ),
      );
    }
    const tried = async (from: string, hostname: string, at: readonly Place[]) => {
      const targets = everyPort(at, PORTS);
      const seen = await tryFrom(world.lab, hostname, targets);
      return attemptsOf(CONNECTIONS, from, targets, seen, target => intended(from, target));
    };
    const operator = everyPort(publicOnes, PORTS);
    world.attempts.check([
      ...own,
      ...attemptsOf(CONNECTIONS, "operator", operator, await tryFromHere(operator), target =>
        intended("operator", target),
      ),
      ...(await tried("outsider", "outsider", publicOnes)),
      ...(await tried("neighbour", "neighbour", all)),
      ...(await tried("member", member.hostname, others)),
    ]);
  });
}

async function datagrams(world: World): Promise<void> {
  await world.up(await secured(world));
  await deployTasks(world);
  const vpc = await clusterVpc(world);
  await withHosts(world, { outsider: undefined, neighbour: vpc }, async () => {
    const member = world.node("worker-0");
    const all = places(world);
    const senders = [
      { from: "outsider", hostname: "outsider", at: all.filter(({ at }) => at !== "private") },
      { from: "neighbour", hostname: "neighbour", at: all },
      { from: "member", hostname: member.hostname, at: all.filter(({ to }) => to !== member.name) },
    ];
    for (const { from, hostname, at } of senders) {
      const packets = at.flatMap(place => everyPacket(world, place));
      const seen = await sendFrom(world.lab, hostname, packets);
      world.attempts.check(
        attemptsOf(CONNECTIONLESS, from, packets, seen, ({ protocol }) => intendedPacket(from, protocol)),
      );
    }
  });
}

function everyPacket(world: World, place: Place): Datagram[] {
  const one = { ...place, hostname: world.node(place.to).hostname };
  return [
    { ...one, protocol: "udp", port: 7946 },
    { ...one, protocol: "udp", port: 4789 },
    { ...one, protocol: "esp" },
    { ...one, protocol: "icmp" },
  ];
}

/** Members may send each other what the swarm needs. Their firewall lets out TCP, UDP and ICMP, and nothing else. */
function intendedPacket(from: string, protocol: Datagram["protocol"]): DatagramOutcome {
  if (from !== "member" || protocol === "icmp") return "dropped";
  return protocol === "udp" ? "arrives" : "dropped at the sender";
}

/** Whether something listens on a port of a node, on all its addresses. */
function listens(node: string, port: number): boolean {
  const manager = node.startsWith("manager");
  return [22, 7946, ...(manager ? [2376, 2377] : [80, 8080])].includes(port);
}

/** What the firewall's rules mean for somebody. */
function intended(from: string, { to, port }: TcpTarget): TcpOutcome {
  const allowed =
    port === 80 ||
    (from === "operator" && (port === 22 || port === 2376)) ||
    (from === "member" && (port === 2377 || port === 7946));
  if (!allowed) return "dropped";
  return listens(to, port) ? "open" : "refused";
}
