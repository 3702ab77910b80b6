import * as assert from "node:assert/strict";

import type { Scenario } from "../scenario";
import type { Attempt } from "../security/attempts";
import { secured } from "../security/cluster";
import { withHosts } from "../security/hosts";
import { type Phase, type Sample, Timeline, watchFrom } from "../security/watch";
import type { World } from "../world";
import { managers } from "./configs";

const TOPIC = "from the first moment of a droplet to its last";
/** sshd opens the first as soon as it runs, a manager the second, every member the third. */
const PORTS = [22, 2377, 7946];
/** The fewest samples of a port in a phase that count as having looked. */
const FEWEST: Readonly<Partial<Record<Phase, number>>> = { booting: 5, up: 20 };

/** There is no moment without the firewall. */
export const LIFETIME: readonly Scenario[] = [
  {
    name: "security: from create to destroy there is no moment in which an outsider reaches a droplet",
    run: lifetime,
  },
];

async function lifetime(world: World): Promise<void> {
  await world.destroy();
  const config = { ...(await secured(world)), managers: managers(1) };
  await withHosts(world, { outsider: undefined }, async ([outsider]) => {
    assert.ok(outsider);
    const { public: next, reserved } = await world.lab.addressesToCome(4);
    const addresses = [...next, ...reserved.slice(0, 1)];
    const timeline = new Timeline(world.lab);
    const looking = timeline.start();
    world.pollers.push(looking);
    const watch = await watchFrom(world.lab, outsider.hostname, addresses, PORTS);
    let names = new Map<string, string>();
    // A droplet without a firewall, made while the watch is on: the watch would have seen the others so.
    await withHosts(world, { bystander: undefined }, async () => {
      await world.up(config);
      names = new Map([
        ...world.nodes.map(node => [node.publicAddress, node.name] as const),
        [world.output("controlEndpoint"), "control endpoint"],
      ]);
      await world.destroy();
    });
    await looking.stop();
    const samples = await watch.end();
    judge(world, samples, timeline, names);
  });
  assert.deepEqual(await world.lab.leftovers(), []);
}

function judge(
  world: World,
  samples: readonly Sample[],
  timeline: Timeline,
  names: ReadonlyMap<string, string>,
): void {
  const rows: Attempt[] = [];
  let inDeletion = 0;
  for (const [address, name] of names) {
    const own = samples.filter(sample => sample.address === address);
    assert.ok(own.length > 0, `${name} was not watched`);
    for (const port of PORTS) {
      const tries = own.filter(sample => sample.port === port);
      const reached = tries.filter(
        ({ outcome, time }) =>
          outcome === "open" ||
          // The lab plugs the network in a moment before it loads the firewall: no process runs there yet.
          (outcome === "refused" && timeline.phase(address, time) !== "new"),
      );
      const phases = countBy(tries.map(({ time }) => timeline.phase(address, time)));
      world.report(`${name} ${port}/tcp: ${JSON.stringify(phases)}, reached ${reached.length}`);
      inDeletion += phases.deleting ?? 0;
      if (name !== "control endpoint")
        for (const [phase, fewest] of Object.entries(FEWEST))
          assert.ok(
            (phases[phase] ?? 0) >= fewest,
            `${name} ${port}/tcp was hardly looked at while ${phase}`,
          );
      rows.push(row(name, port, "never reached", reached.length === 0 ? "never reached" : moments(reached)));
    }
  }
  assert.ok(inDeletion > 0, "no droplet was looked at while it was being deleted");
  const bystander = timeline.addresses.find(address => timeline.hostname(address) === "bystander") ?? "";
  const open = samples.filter(
    ({ address, port, outcome }) => address === bystander && port === 22 && outcome === "open",
  );
  world.report(`bystander 22/tcp: open ${open.length} times`);
  world.attempts.check([
    ...rows,
    row("a droplet without a firewall", 22, "reached", open.length > 20 ? "reached" : "hardly reached"),
  ]);

  function moments(reached: readonly Sample[]): string {
    return `reached ${reached.length} times, at first ${timeline.phase(reached[0]?.address ?? "", reached[0]?.time ?? 0)}`;
  }
}

function row(to: string, port: number, intended: string, seen: string): Attempt {
  return { topic: TOPIC, from: "outsider", to, what: `${port}/tcp, ten times a second`, intended, seen };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
