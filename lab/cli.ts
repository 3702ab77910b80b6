/** `npm run lab -- up | down | status | logs | shell | prepare`. */
import "../broken-pipe";

import { spawnSync } from "node:child_process";

import Table from "cli-table3";
import { Command, InvalidArgumentError } from "commander";

import { messageOf } from "./engine/errors";
import { ensurePrerequisites, NEEDS, requireLinux } from "./engine/prerequisites";
import { type Lab, labDown, labStatus, labUp } from "./lab";

const print = (text: string) => void process.stdout.write(`${text}\n`);
const report = (line: string) => void process.stderr.write(`${line}\n`);

const cli = new Command("lab").description(
  "A local DigitalOcean: an API on loopback whose droplets are containers with systemd, cloud-init, sshd and dockerd",
);
interface UpOptions {
  readonly name: string;
  readonly port?: number;
  readonly egress?: boolean;
  readonly agentSeconds?: number;
  readonly seed?: boolean;
}

const named = (name: string) =>
  cli.command(name).option("--name <name>", "which lab; several can run side by side", "default");

named("up")
  .description("start the lab, installing and building what is missing; again: say that it runs")
  .option("--port <port>", "port of the API on loopback; default: 8780 for the first lab", portNumber)
  .option("--egress", "let droplets reach the world outside this machine, to install packages say")
  .option("--seed", "put somebody else's things into the account, as there are in most")
  .option(
    "--agent-seconds <seconds>",
    "how long a stock droplet's agents hold apt's and dpkg's locks at its first boot, each; default: 10",
    seconds,
  )
  .action(async ({ seed, ...choices }: UpOptions) => {
    const lab = await labUp(choices, report);
    if (seed) await lab.seed();
    print(`The lab "${lab.name}" answers at ${lab.endpoint}. For a Pulumi program:`);
    print(`  pulumi config set digitalocean:apiEndpoint ${lab.endpoint}`);
    print(`  pulumi config set digitalocean:token ${lab.token}`);
  });

named("down")
  .description("remove the lab with its droplets, networks and state")
  .option("--purge", "also the droplet image, which the next lab would have to build again")
  .action(async (options: { name: string; purge?: boolean }) => {
    await labDown(options, report);
    print(
      options.purge
        ? "Removed."
        : "Removed. The droplet image stays for the next time; `down --purge` removes it too.",
    );
  });

named("status")
  .description("show the droplets and the last requests")
  .action(async ({ name }: { name: string }) => {
    const lab = await need(name);
    print(`${lab.name}: ${lab.endpoint}`);
    const table = new Table({
      head: ["id", "hostname", "status", "public", "VPC", "tags"],
      style: { head: [], border: [] },
    });
    for (const droplet of await lab.droplets()) {
      table.push([
        droplet.id,
        droplet.hostname,
        droplet.status,
        droplet.publicAddress,
        droplet.privateAddress,
        droplet.tags.join(" "),
      ]);
    }
    print(table.toString());
    const touched = (await lab.isSeeded()) ? await lab.seedTouched() : undefined;
    if (touched?.length === 0) print("Somebody else's things are in the account too, as they were.");
    for (const line of touched ?? []) print(`Somebody else's ${line}.`);
    for (const line of await lab.requests(10)) print(line);
  });

named("logs")
  .description("show the server's log, or a droplet's journal with cloud-init's output")
  .argument("[hostname]", "a droplet")
  .action(async (hostname: string | undefined, { name }: { name: string }) => {
    const lab = await need(name);
    const journal = ["sh", "-c", "cat /var/log/cloud-init-output.log; journalctl --no-pager -n 500"];
    print(hostname === undefined ? await lab.log() : (await lab.exec(hostname, journal)).stdout);
  });

named("shell")
  .description("open a shell in a droplet, or run a command there")
  .argument("<hostname>")
  .argument("[command...]")
  .action(async (hostname: string, command: string[], { name }: { name: string }) => {
    const { socket, container } = await (await need(name)).container(hostname);
    const terminal = process.stdin.isTTY ? ["-it"] : ["-i"];
    const run = command.length === 0 ? ["bash", "-l"] : command;
    const { status } = spawnSync(
      "docker",
      ["--host", `unix://${socket}`, "exec", ...terminal, container, ...run],
      { stdio: "inherit" },
    );
    process.exitCode = status ?? 1;
  });

cli
  .command("prepare")
  .description("install what the project's tests need (Debian packages, as root)")
  .action(async () => {
    requireLinux();
    await ensurePrerequisites(NEEDS.tests, report);
  });

cli.parseAsync().catch((error: unknown) => {
  report(`error: ${messageOf(error)}`);
  process.exitCode = 1;
});

async function need(name: string): Promise<Lab> {
  const lab = await labStatus(name);
  if (!lab) throw new Error(`the lab "${name}" is not up; start it with: npm run lab -- up --name ${name}`);
  return lab;
}

function seconds(text: string): number {
  const count = Number(text);
  if (!(count >= 0 && count <= 3600)) throw new InvalidArgumentError("it takes 0 to 3600 seconds.");
  return count;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1024 || port > 65535)
    throw new InvalidArgumentError("a port is 1024 to 65535.");
  return port;
}
