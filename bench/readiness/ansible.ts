/** Today's ansible-core, in a directory of its own. */
import { access, readFile } from "node:fs/promises";
import * as path from "node:path";

import execa from "execa";

const REQUIREMENTS = path.join(__dirname, "..", "contenders", "requirements.txt");

/** What is installed: a line of `requirements.txt`. */
export async function ansibleVersion(): Promise<string> {
  return (await readFile(REQUIREMENTS, "utf8")).trim();
}

/** Runs a playbook on so many hosts. @throws If it fails. */
export type Playbook = (inventory: string, playbook: string, hosts: number) => Promise<unknown>;

/** Installs it into `scratch/ansible`, unless it is there. */
export async function ansible(scratch: string, say: (line: string) => void): Promise<Playbook> {
  const version = await ansibleVersion();
  const home = path.join(scratch, version);
  const binary = path.join(home, "bin", "ansible-playbook");
  const there = await access(binary).then(
    () => true,
    () => false,
  );
  if (!there) {
    say(`installing ${version}`);
    await execa("python3", ["-m", "venv", home]);
    await execa(path.join(home, "bin", "pip"), ["install", "--quiet", "--requirement", REQUIREMENTS]);
  }
  return (inventory, playbook, hosts) =>
    execa(binary, ["--inventory", inventory, playbook], {
      env: {
        // As generous as its documentation is: no more sessions than needed, all hosts at once.
        ANSIBLE_PIPELINING: "True",
        ANSIBLE_FORKS: String(hosts),
        ANSIBLE_PYTHON_INTERPRETER: "/usr/bin/python3",
        ANSIBLE_NOCOLOR: "True",
        SSH_AUTH_SOCK: undefined,
      },
      timeout: 10 * 60_000,
    });
}
