/** Builds one graph under Pulumi's mocks in a process of its own, and prints what it cost as a line of JSON. */
import "../stack-traces";

import { remote } from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

import { SwarmCluster } from "../components";

/** What one graph cost. */
export interface GraphCost {
  readonly resources: number;
  /** From the first resource's constructor until all are registered; loading modules is not in it. */
  readonly seconds: number;
  /** The most memory that the process had, MiB. */
  readonly memory: number;
  /** Characters of all inputs together. */
  readonly inputs: number;
  /** Characters of the largest user data and of the largest Command input. */
  readonly largest: { readonly userData: number; readonly stdin: number };
}

/** A resource with nothing to it. */
class Bare extends pulumi.CustomResource {
  public constructor(name: string) {
    super("bench:index:Bare", name, {});
  }
}

interface Args {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

let resources = 0;
let inputs = 0;
const largest = { userData: 0, stdin: 0 };

/** What can be built, for a number of nodes or of resources. */
const GRAPHS: Readonly<Record<string, (count: number) => void>> = {
  /** Three managers, and workers. */
  program(nodes) {
    new SwarmCluster("swarm", {
      region: "fra1",
      managers: { count: 3 },
      workers: { web: { count: nodes - 3, labels: { tier: "web" } } },
      firewall: { sshFrom: ["192.0.2.7/32"] },
    });
  },
  /** A droplet and two Commands for each node, of constants but for the address that one of them dials. */
  constants(nodes) {
    const login = {
      ...{ user: "root", hostKey: "p".repeat(80), privateKey: "k".repeat(390) },
      ...{ perDialTimeout: 5, dialErrorLimit: 50 },
    };
    for (let i = 0; i < nodes; i++) {
      const droplet = new digitalocean.Droplet(`droplet-${i}`, {
        ...{ region: "fra1", size: "s-1vcpu-2gb", image: "ubuntu-24-04-x64", vpcUuid: "v".repeat(36) },
        ...{ tags: ["swarm"], sshKeys: ["f".repeat(47)], userData: "u".repeat(7424) },
      });
      for (const [name, host] of [
        ["join", droplet.ipv4Address],
        ["leave", "203.0.113.250"],
      ] as const)
        new remote.Command(`${name}-${i}`, {
          connection: { ...login, host },
          create: `timeout 960 bash --norc -s ${name} web-${i}`,
          stdin: "s".repeat(6000),
          triggers: [String(i)],
        });
    }
  },
  /** Resources with nothing to them. */
  bare(resourceCount) {
    for (let i = 0; i < resourceCount; i++) new Bare(`bare-${i}`);
  },
};

async function main(): Promise<void> {
  const [kind = "", count] = [process.argv[2], Number(process.argv[3])];
  const build = GRAPHS[kind];
  if (!build) throw new RangeError(`there is no graph "${kind}"`);
  await pulumi.runtime.setMocks({ call: () => ({}), newResource: answer });
  const started = process.hrtime.bigint();
  build(count);
  await pulumi.runtime.disconnect();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const memory = process.resourceUsage().maxRSS / 1024;
  const cost: GraphCost = { resources, seconds, memory, inputs, largest };
  process.stdout.write(`${JSON.stringify(cost)}\n`);
}

/** What the providers would have answered, as far as the program reads it. */
function answer({ type, name, inputs: given }: Args) {
  resources++;
  inputs += JSON.stringify(given).length;
  largest.userData = Math.max(largest.userData, length(given.userData));
  largest.stdin = Math.max(largest.stdin, length(given.stdin));
  return {
    id: type.endsWith(":Droplet") ? String(resources) : name,
    state: { ...given, ...outputs(type, name) },
  };
}

/** Of a text; secrets come wrapped. */
function length(value: unknown): number {
  const plain = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  return typeof plain === "string" ? plain.length : 0;
}

function outputs(type: string, name: string): Record<string, unknown> {
  switch (type.slice(type.lastIndexOf(":") + 1)) {
    case "PrivateKey":
      // As long as real ones.
      return { publicKeyOpenssh: "p".repeat(80), privateKeyOpenssh: "k".repeat(390) };
    case "SshKey":
      return { fingerprint: "f".repeat(47), name };
    case "Tag":
      return { name };
    case "ReservedIp":
      return { ipAddress: "198.51.100.1" };
    case "Droplet":
      return { name, ipv4Address: "203.0.113.250", ipv4AddressPrivate: "10.110.250.250" };
    case "Command":
      return { stdout: stdout(name) };
    default:
      return {};
  }
}

function stdout(name: string): string {
  if (name.endsWith("-bootstrap"))
    return JSON.stringify({
      clusterId: "c".repeat(25),
      address: "10.110.0.2:2377",
      workerRotation: 0,
      managerRotation: 0,
    });
  return name.endsWith("-token") ? `SWMTKN-1-${"t".repeat(76)}` : "n".repeat(25);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
