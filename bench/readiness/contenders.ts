/** Who makes a swarm of hosts that are up, and how long it takes them. */
import { rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

import { CliDriver, hasPulumiCli } from "../../drivers/cli";
import { ansible } from "./ansible";
import { type BenchHosts, sshCommand } from "./hosts";

/** What one run took, until all nodes were ready with roles and labels; in ms since the epoch. */
export interface Took {
  readonly from: number;
  readonly to: number;
}

/** One way to make the swarm. */
export interface Contender {
  readonly name: string;
  /** @throws If it fails. */
  run(hosts: BenchHosts): Promise<Took>;
}

const FILES = path.join(__dirname, "..", "contenders");
const LONGEST_MS = 10 * 60_000;
/** Pulumi's steps at a time: by default four for each core, and every contender is told to join all nodes at once. */
const PARALLEL = 64;

/** A script that gets the hosts by its environment. */
function script(name: string, file: string): Contender {
  return {
    name,
    async run(hosts) {
      const env = {
        NODES: hosts.hosts
          .map(host => [host.name, host.role, host.publicAddress, host.privateAddress].join(" "))
          .join("\n"),
        SSH: sshCommand(hosts).join(" "),
      };
      return timed(() => execa("bash", [path.join(FILES, file)], { env, timeout: LONGEST_MS }));
    },
  };
}

/** The program's Commands, from the first one's start to the last one's end. */
const program: Contender = {
  name: "this program",
  async run({ dir }) {
    const state = path.join(dir, "stack");
    await rm(state, { recursive: true, force: true });
    const driver = new CliDriver(state, "bench", { name: "bench", main: path.join(FILES, "swarm.ts") });
    const { steps } = await driver.up(
      { "bench:hosts": path.join(dir, "hosts.json") },
      { parallel: PARALLEL },
    );
    const commands = steps.filter(({ urn }) => urn.includes("command:remote:Command"));
    return {
      from: Math.min(...commands.map(({ started }) => started)),
      to: Math.max(...commands.map(({ ended }) => ended)),
    };
  },
};

/** All contenders that this machine can run; the program first. @throws Without the Pulumi CLI. */
export async function contenders(scratch: string, say: (line: string) => void): Promise<Contender[]> {
  if (!(await hasPulumiCli()))
    throw new Error("there is no `pulumi` on PATH: what it needs cannot be measured");
  const playbook = await ansible(scratch, say);
  return [
    program,
    script("the same in parallel", "parallel.sh"),
    script("the tutorials' commands", "tutorial.sh"),
    {
      name: "an Ansible playbook",
      async run(hosts) {
        const inventory = path.join(hosts.dir, "inventory");
        await writeFile(inventory, inventoryOf(hosts));
        return timed(() => playbook(inventory, path.join(FILES, "playbook.yml"), hosts.hosts.length));
      },
    },
  ];
}

function inventoryOf(hosts: BenchHosts): string {
  const [, ...options] = sshCommand(hosts);
  const lines = (role: "manager" | "worker") =>
    hosts.hosts
      .filter(host => host.role === role)
      .map(host => `${host.name} ansible_host=${host.publicAddress} private=${host.privateAddress}`);
  return `[managers]
${lines("manager").join("\n")}
[workers]
${lines("worker").join("\n")}
[first]
${hosts.hosts[0]?.name ?? ""}
[all:vars]
ansible_user=root
ansible_ssh_common_args=${options.join(" ")}
`;
}

async function timed(run: () => Promise<unknown>): Promise<Took> {
  const from = Date.now();
  await run();
  return { from, to: Date.now() };
}
