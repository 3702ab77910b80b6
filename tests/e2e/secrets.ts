import type { World } from "./world";

/** Where a secret was found. */
export type Finding = string;

/**
 * Looks for every secret value of the stack wherever it must not be: the driver's log and stored state, the lab's log,
 * and on each node in the process list, the journal, shell histories and temporary files.
 */
export async function findSecrets(world: World, log: string): Promise<Finding[]> {
  const secrets = ["workerToken", "managerToken", "sshPrivateKey"].map(name => ({
    name,
    value: needle(world.output(name)),
  }));
  const places: Record<string, string> = {
    "the run's log": log,
    "the stored state": await world.driver.storedState(),
    "the lab's log": await world.lab.log(),
  };
  for (const node of world.nodes) {
    const look =
      "ps -ef ww; journalctl --no-pager; cat /root/.bash_history /var/log/*.log 2>/dev/null; grep -rhaE 'SWMTKN|PRIVATE KEY' /tmp /run --exclude-dir=cloud-init --exclude-dir=docker --exclude-dir=containerd 2>/dev/null";
    places[`${node.name}: processes, journal, logs, history, temporary files`] = (
      await world.inside(node, look)
    ).stdout;
  }
  return Object.entries(places).flatMap(([place, text]) =>
    secrets.filter(({ value }) => text.includes(value)).map(({ name }) => `${name} in ${place}`),
  );
}

/** The part of a secret that gives it away: a line from the middle of a key, which may be stored with other breaks. */
function needle(secret: string): string {
  const lines = secret.trim().split("\n");
  return lines[Math.floor(lines.length / 2)] ?? secret;
}
