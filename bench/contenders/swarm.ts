/** The Pulumi program that makes a swarm of hosts that are there: {@link Swarm} alone, without droplets. */
import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";

import { Swarm, type SwarmNode } from "../../components";
import type { BenchHosts } from "../readiness/hosts";

const { hosts, privateKey, hostKey } = JSON.parse(
  readFileSync(new pulumi.Config().require("hosts"), "utf8"),
) as BenchHosts;

const labelsOf: Readonly<Record<"manager" | "worker", Record<string, string>>> = {
  manager: {},
  worker: { tier: "web" },
};
const nodes = (role: "manager" | "worker"): SwarmNode[] =>
  hosts
    .filter(host => host.role === role)
    .map(host => ({
      name: host.name,
      role,
      pool: role,
      identity: host.name,
      host: pulumi.output({ ...host, hostname: host.name }),
      hostKey,
      labels: labelsOf[role],
      availability: "active",
    }));

const first = hosts.find(({ role }) => role === "manager");
if (!first) throw new pulumi.RunError("there is no manager among the hosts");

new Swarm("bench", {
  controlAddress: first.publicAddress,
  nodes: [...nodes("manager"), ...nodes("worker")],
  ssh: { user: "root", privateKey: pulumi.secret(privateKey) },
  lifetime: new pulumi.ComponentResource("bench:index:Hosts", "hosts"),
});
