import type * as pulumi from "@pulumi/pulumi";

import type { DockerApiOutput as Outputs } from "../../components/swarm/docker-api/docker-api";
import type { World } from "./world";

type DockerApiOutput = pulumi.Unwrap<Outputs>;

/** Where a secret was found. */
export type Finding = string;

/** What people do on a node leaves traces here; cloud-init's own directory holds the user data. */
const LOOK = [
  "ps -ef ww",
  "tr '\\0' '\\n' </proc/self/environ; cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'",
  "journalctl --no-pager",
  "cat /root/.*history /home/*/.*history 2>/dev/null",
  "find /var/log /tmp /var/tmp /dev/shm /root /etc/systemd /var/lib/digitalocean-swarm -type f -exec cat {} + 2>/dev/null",
  "find /run -xdev -type f -size -1M -not -path '/run/cloud-init/*' -not -path '/run/docker/*' -not -path '/run/containerd/*' -exec cat {} + 2>/dev/null",
].join("; ");
const USER_DATA = "find /var/lib/cloud /run/cloud-init -type f -exec cat {} + 2>/dev/null";

/**
 * Looks for every secret value of the stack wherever it must not be: in the logs of the driver, the stored state, the
 * lab's log, and on each node in the process list, environments, the journal, logs, shell histories, temporary files and
 * the user data. The hosts' own keys are in the user data, and only there.
 *
 * @param logs - What was shown to the user, by what it is.
 */
export async function findSecrets(world: World, logs: Readonly<Record<string, string>>): Promise<Finding[]> {
  const hostKeys: Record<string, string> = {};
  for (const node of world.nodes)
    hostKeys[`${node.name}'s host key`] = needle(
      (await world.inside(node, "cat /etc/ssh/ssh_host_ed25519_key")).stdout,
    );
  const secrets = { ...outputSecrets(world), ...hostKeys };
  const found = [
    ...Object.entries(logs).flatMap(([place, text]) => search(secrets, place, text)),
    ...search(secrets, "the stored state", await world.driver.storedState()),
    ...search(secrets, "the lab's log", await world.lab.log()),
  ];
  for (const node of world.nodes) {
    const { stdout } = await world.inside(node, LOOK);
    found.push(
      ...search(secrets, `${node.name}: processes, journal, logs, history, temporary files`, stdout),
    );
    const userData = (await world.inside(node, USER_DATA)).stdout;
    found.push(...search(outputSecrets(world), `${node.name}: user data`, userData));
  }
  return found;
}

/** The secret outputs, by name: a part of each that gives it away. */
export function outputSecrets(world: World): Record<string, string> {
  const { unlockKey, dockerApi } = world.outputs;
  return Object.fromEntries(
    Object.entries({
      workerToken: world.output("workerToken"),
      managerToken: world.output("managerToken"),
      sshPrivateKey: world.output("sshPrivateKey"),
      unlockKey: unlockKey as string | undefined,
      "dockerApi.key": (dockerApi as DockerApiOutput | undefined)?.key,
    }).flatMap(([name, value]) => (value === undefined ? [] : [[name, needle(value)]])),
  );
}

function search(secrets: Readonly<Record<string, string>>, place: string, text: string): Finding[] {
  return Object.entries(secrets)
    .filter(([, value]) => text.includes(value))
    .map(([name]) => `${name} in ${place}`);
}

/** The part of a secret that gives it away: a line from the middle of a key, which may be stored with other breaks. */
function needle(secret: string): string {
  const lines = secret.trim().split("\n");
  const line = lines[Math.floor(lines.length / 2)] ?? "";
  // An empty text would be found everywhere.
  if (line.length < 16) throw new Error("a secret is too short to look for");
  return line;
}
