/**
 * For each case of a wrong value: the faults of the plain value, and those of an Output that holds it. A process of its own,
 * as what is refused late is refused by everything that waits for it.
 */
import * as pulumi from "@pulumi/pulumi";

import { InvalidArgsError, type SwarmClusterArgs } from "../../components";
import { resolve } from "../../components/resolve";
import { CLUSTER, faultsOf } from "./cluster";
import { ACCESS_CASES } from "./validate-access-cases";
import { NODE_CASES } from "./validate-cases";
import { HOST_CASES } from "./validate-host-cases";
import { NETWORK_CASES } from "./validate-network-cases";

/** Arguments with each text at the end of a path turned into an Output, where the component takes one. */
const LATE: Record<string, (args: SwarmClusterArgs) => SwarmClusterArgs> = {
  region: args => ({ ...args, region: pulumi.output(args.region) }),
  dockerVersion: args => ({ ...args, dockerVersion: pulumi.output(args.dockerVersion ?? "any") }),
  dockerMirror: args => ({ ...args, dockerMirror: pulumi.output(args.dockerMirror ?? "") }),
  project: args => ({ ...args, project: pulumi.output(args.project ?? "") }),
  cloudInit: args => ({ ...args, cloudInit: pulumi.output(args.cloudInit ?? "") }),
  "daemon.registryMirrors": ({ daemon, ...args }) => ({
    ...args,
    daemon: daemon && { registryMirrors: pulumi.output(daemon.registryMirrors ?? []) },
  }),
  "daemon.labels": ({ daemon, ...args }) => ({
    ...args,
    daemon: daemon && { labels: pulumi.output(daemon.labels ?? {}) },
  }),
  tags: args => ({ ...args, tags: pulumi.output(args.tags ?? []) }),
  "firewall.sshFrom": ({ firewall, ...args }) => ({
    ...args,
    firewall: { ...firewall, sshFrom: pulumi.output(firewall.sshFrom) },
  }),
  "firewall.publish": ({ firewall, ...args }) => ({
    ...args,
    firewall: { ...firewall, publish: pulumi.output(firewall.publish ?? []) },
  }),
  "firewall.dockerApiFrom": ({ firewall, ...args }) => ({
    ...args,
    firewall: { ...firewall, dockerApiFrom: firewall.dockerApiFrom?.map(range => pulumi.output(range)) },
  }),
  "vpc.range": args => ({ ...args, vpc: { ...args.vpc, range: pulumi.output(args.vpc?.range ?? "") } }),
  "ssh.user": args => ({ ...args, ssh: { ...args.ssh, user: pulumi.output(args.ssh?.user ?? "") } }),
  ...Object.fromEntries(
    (["host", "user", "privateKey", "hostKey"] as const).map(key => [
      `ssh.proxy.${key}`,
      ({ ssh, ...args }: SwarmClusterArgs) => ({
        ...args,
        ssh: { proxy: { host: "bastion", ...ssh?.proxy, [key]: pulumi.output(ssh?.proxy?.[key] ?? "") } },
      }),
    ]),
  ),
  "swarm.addressPools": args => ({
    ...args,
    swarm: {
      ...args.swarm,
      addressPools: args.swarm?.addressPools && pulumi.output(args.swarm.addressPools),
    },
  }),
  "swarm.externalCas": args => ({
    ...args,
    swarm: { ...args.swarm, externalCas: pulumi.output(args.swarm?.externalCas ?? []) },
  }),
  "workers.web.labels": ({ workers, ...args }) => ({
    ...args,
    workers: { web: { count: 1, labels: pulumi.output(workers?.web?.labels ?? {}) } },
  }),
  "workers.web.availability": ({ workers, ...args }) => ({
    ...args,
    workers: { web: { count: 1, availability: pulumi.output(workers?.web?.availability ?? "active") } },
  }),
};
const below = (path: string) => path.replace(/(\[\d+\]|\.[ab])$/, "");

process.on("unhandledRejection", () => undefined);

/** The faults that are found when everything is known. */
async function lateFaults(args: SwarmClusterArgs): Promise<unknown> {
  const { region, tags, project, network, swarm, ssh, software, nodes } = resolve("demo", args);
  const values = [
    ...[region, tags, project, network.firewall, network.vpc?.range, swarm.addressPools, swarm.externalCas],
    ...[ssh.user, ...Object.values<pulumi.Input<unknown>>({ ...ssh.proxy })],
    ...Object.values<unknown>({ ...software }),
    ...nodes.flatMap(({ labels, availability }) => [labels, availability]),
  ];
  for (const value of values) {
    const output = pulumi.output(value) as unknown as { promise(): Promise<unknown> };
    const error: unknown = await output.promise().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof InvalidArgsError) return error.faults;
    if (error !== undefined) throw new Error("it was refused in another way", { cause: error });
  }
  return [];
}

async function main(): Promise<void> {
  const results: object[] = [];
  for (const [title, more, path] of Object.values({
    ...NODE_CASES,
    ...HOST_CASES,
    ...NETWORK_CASES,
    ...ACCESS_CASES,
  }).flat()) {
    const late = LATE[below(path)];
    if (!late) continue;
    const plain = { ...CLUSTER, ...more };
    const given = late(plain);
    // Some faults are found without a look at the value.
    const early = faultsOf("demo", given);
    const found = early.length > 0 ? early : await lateFaults(given);
    results.push({ title, path: below(path), plain: faultsOf("demo", plain), late: found });
  }
  process.stdout.write(JSON.stringify({ paths: Object.keys(LATE), results }));
}

void main();
