import * as assert from "node:assert/strict";

import type { OutputNode, World } from "../world";

const ADDRESS = "169.254.169.254";

/**
 * A stand-in for the metadata service, which the lab does not have: a web server beside a node, in a network namespace
 * of its own, at the service's address. The node's own processes get there through its OUTPUT chain and containers
 * through FORWARD, as on DigitalOcean.
 */
const START = [
  "ip netns add metadata",
  "ip link add md0 type veth peer name md1 netns metadata",
  "ip address add 169.254.169.253/30 dev md0",
  "ip link set md0 up",
  `ip -n metadata address add ${ADDRESS}/30 dev md1`,
  "ip -n metadata link set md1 up",
  "ip netns exec metadata busybox httpd -p 80 -h /etc",
].join(" && ");
const STOP = "kill $(ip netns pids metadata); ip netns delete metadata; ip link delete md0 2>/dev/null; true";
const ASK = `wget -q -T 3 -O /dev/null http://${ADDRESS}/hostname`;

/** Sets the stand-in up on a node for the time of `act`. */
export async function withMetadata(world: World, node: OutputNode, act: () => Promise<void>): Promise<void> {
  try {
    const { code, stderr } = await world.inside(node, START);
    assert.equal(code, 0, `${node.name}: ${stderr}`);
    await act();
  } finally {
    await world.inside(node, STOP);
  }
}

/** Asks the metadata address from somewhere on a node. */
export async function askMetadata(
  world: World,
  node: OutputNode,
  who: "host" | "container" | "task",
): Promise<string> {
  const task = "$(docker ps --quiet --filter name=hidden | head -n 1)";
  const commands = {
    host: `busybox ${ASK}`,
    container: `docker run --rm lab/workload:1 ${ASK}`,
    task: `docker exec ${task} ${ASK}`,
  };
  const { code, stderr } = await world.inside(node, commands[who]);
  if (code === 0) return "open";
  return stderr.includes("timed out") ? "dropped" : stderr.trim();
}
