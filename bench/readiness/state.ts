/** What hosts are before a run and after it: each by itself with a fresh engine, and then one swarm. */
import { setTimeout as sleep } from "node:timers/promises";

import { POLL_MS } from "../../lab/client";
import { connect } from "../../lab/engine/engine";
import { waitFor } from "../../lab/engine/wait";
import type { Lab } from "../../lab/lab";
import type { BenchHosts } from "./hosts";

/**
 * Takes every host out of its swarm, and starts its engine anew: one that has joined again and again builds no network
 * for the swarm after the sixth time, and hangs after the thirty-third (Docker 26.1).
 */
export async function makeFresh(lab: Lab, { hosts }: BenchHosts): Promise<void> {
  const script =
    "timeout 15 docker swarm leave --force; docker network rm docker_gwbridge; " +
    // systemd counts restarts, and refuses the third in a minute.
    "systemctl reset-failed docker.service docker.socket; systemctl restart docker; " +
    "[ $(docker info --format '{{.Swarm.LocalNodeState}}') = inactive ]";
  const freshened = hosts.map(async ({ name }) => {
    const { code, stdout } = await lab.exec(name, ["bash", "-c", script]);
    if (code !== 0) throw new Error(`${name} could not be made fresh: ${stdout}`);
  });
  await Promise.all(freshened);
  // What the engines still tidy up is nobody's time.
  await sleep(2000);
}

const CHECK_MS = 30_000;

/**
 * Where the managers have just elected another leader, nodes report to it first.
 * @throws If the swarm is not what every contender is to make of the hosts.
 */
export async function checkSwarm(lab: Lab, { hosts }: BenchHosts): Promise<void> {
  const format =
    "{{.Description.Hostname}} {{.Spec.Role}} {{.Status.State}} {{with .ManagerStatus}}{{.Reachability}}{{end}}" +
    '{{index .Spec.Labels "tier"}}';
  const first = hosts[0]?.name ?? "";
  const script = `docker node inspect --format '${format}' $(docker node ls -q)`;
  const wanted = hosts
    .map(({ name, role }) => `${name} ${role} ready ${role === "manager" ? "reachable" : "web"}`)
    .sort()
    .join("\n");
  let found = "";
  const wait = {
    what: "the swarm to be what was asked for",
    timeoutMs: CHECK_MS,
    intervalMs: POLL_MS,
    advice: () => `It is:\n${found}`,
  };
  await waitFor(wait, async () => {
    const { stdout } = await lab.exec(first, ["bash", "-c", script]);
    found = stdout.trim().split("\n").sort().join("\n");
    return found === wanted || undefined;
  });
}

/**
 * Does something while each host has so much of a core, and no more, as a droplet has processors that no other droplet
 * uses. @param share - 0.01 to the machine's number of cores.
 */
export async function withProcessors<Result>(
  lab: Lab,
  hosts: BenchHosts,
  share: number,
  act: () => Promise<Result>,
): Promise<Result> {
  await limitProcessors(lab, hosts, Math.round(share * PERIOD_US));
  try {
    return await act();
  } finally {
    await limitProcessors(lab, hosts, UNLIMITED);
  }
}

const PERIOD_US = 100_000;
const UNLIMITED = -1;

/** https://docs.docker.com/engine/containers/resource_constraints/#configure-the-default-cfs-scheduler */
async function limitProcessors(lab: Lab, { hosts }: BenchHosts, quota: number): Promise<void> {
  const limited = hosts.map(async ({ name }) => {
    const { socket, container } = await lab.container(name);
    await connect(socket).getContainer(container).update({ CpuPeriod: PERIOD_US, CpuQuota: quota });
  });
  await Promise.all(limited);
}
