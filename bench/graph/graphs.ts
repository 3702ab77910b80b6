/** The graphs that are measured, each for a number of nodes or of resources. */
import { remote } from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { SwarmCluster } from "../../components";

/** A resource with nothing to it. */
class Bare extends pulumi.CustomResource {
  public constructor(name: string) {
    super("bench:index:Bare", name, {});
  }
}

/** By name. */
export const GRAPHS: Readonly<Record<string, (count: number) => void>> = {
  /** Three managers, and workers. */
  program(nodes) {
    new SwarmCluster("swarm", {
      region: "fra1",
      managers: { count: 3 },
      workers: { web: { count: nodes - 3, labels: { tier: "web" } } },
      firewall: { sshFrom: ["192.0.2.7/32"] },
    });
  },
  /** What no such program can do without: a droplet and two Commands for each node, of constants but for the address that one of them dials. */
  constants(nodes) {
    const login = {
      user: "root",
      hostKey: "p".repeat(80),
      privateKey: "k".repeat(390),
      perDialTimeout: 5,
      dialErrorLimit: 50,
    };
    for (let i = 0; i < nodes; i++) {
      const droplet = new digitalocean.Droplet(`droplet-${i}`, {
        region: "fra1",
        size: "s-1vcpu-2gb",
        image: "ubuntu-24-04-x64",
        vpcUuid: "v".repeat(36),
        tags: ["swarm"],
        sshKeys: ["f".repeat(47)],
        userData: "u".repeat(7424),
      });
      for (const [name, host] of [
        ["join", droplet.ipv4Address],
        ["leave", "203.0.113.250"],
      ] as const)
        new remote.Command(`${name}-${i}`, {
          connection: { ...login, host },
          create: `timeout 960 bash --norc -s ${name} web-${i}`,
          stdin: "s".repeat(5000),
          triggers: [String(i)],
        });
    }
  },
  /** Resources with nothing to them. */
  bare(resourceCount) {
    for (let i = 0; i < resourceCount; i++) new Bare(`bare-${i}`);
  },
};
