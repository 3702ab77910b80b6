/** `npm run demo` brings up a swarm on the lab with the unchanged program; `npm run demo -- down` removes all of it. */
import "../broken-pipe";

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import * as path from "node:path";

import Table from "cli-table3";
import { Command } from "commander";

import { chooseDriver, type Driver, labConfig, RunFailed, type UpResult } from "../drivers";
import { messageOf } from "../lab/engine/errors";
import { type Lab, labDown, labUp } from "../lab/lab";
import { ssh } from "../lab/ssh";
import { startProgress } from "./progress";
import { findPulumiCli } from "./pulumi-cli";

const LAB = "demo";
const STATE = path.resolve(__dirname, "..", ".demo");

interface OutputNode {
  readonly name: string;
  readonly hostname: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
}

const cli = new Command("demo").description(
  "A Docker Swarm on this machine, made by the program that runs on DigitalOcean",
);

cli
  .command("up", { isDefault: true })
  .description("start the lab and bring the cluster up; again: change only what differs")
  .option(
    "--driver <kind>",
    "cli or rehearsal; default: the Pulumi CLI where it is on PATH or can be fetched within 20 s",
  )
  .action(async (options: { driver?: Driver["kind"] }) => up(options.driver));

cli
  .command("down")
  .description("remove the cluster, the lab and their state")
  .option("--purge", "also the droplet image, which the next demo would have to build again")
  .action(async (options: { purge?: boolean }) => down(options.purge ?? false));

cli.parseAsync().catch((error: unknown) => {
  if (error instanceof RunFailed) process.stderr.write(`\n${error.log}\n`);
  process.stderr.write(`\nThe demo failed: ${messageOf(error)}\n`);
  process.stderr.write(
    "Nothing is lost: `npm run demo` goes on, `npm run demo -- down` removes what there is.\n",
  );
  process.exitCode = 1;
});

async function up(wanted?: Driver["kind"]): Promise<void> {
  const started = Date.now();
  const progress = startProgress();
  try {
    const lab = await labUp({ name: LAB }, line => progress.step(line));
    const kind = wanted ?? kindOfState();
    const missing =
      kind === "rehearsal" ? undefined : await findPulumiCli({ say: text => progress.step(text) });
    const driver = await chooseDriver(STATE, "lab", kind);
    const why = missing === undefined ? "" : ` (no Pulumi CLI on PATH, and none was fetched: ${missing})`;
    progress.step(driver.kind === "cli" ? "pulumi up" : `rehearsal${why}`);
    const result = await driver.up(await labConfig(lab.endpoint), {
      onOutput: text => progress.output(text),
    });
    progress.done();
    await show(result, lab, Math.round((Date.now() - started) / 1000));
  } catch (error) {
    progress.fail();
    throw error;
  }
}

/** What made the cluster that there is: another driver would know nothing of it, and make a second one. */
function kindOfState(): Driver["kind"] | undefined {
  if (existsSync(path.join(STATE, "journal.jsonl"))) return "rehearsal";
  return existsSync(path.join(STATE, "Pulumi.yaml")) ? "cli" : undefined;
}

async function down(purge: boolean): Promise<void> {
  const progress = startProgress();
  await labDown({ name: LAB, purge }, line => progress.step(line));
  await rm(STATE, { recursive: true, force: true });
  progress.done();
}

async function show({ outputs, changes }: UpResult, lab: Lab, seconds: number): Promise<void> {
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const host = outputs.controlEndpoint as string;
  const user = outputs.sshUser as string;
  const target = {
    host,
    user,
    privateKey: outputs.sshPrivateKey as string,
    hostKey: outputs.sshHostKey as string,
  };
  const { stdout } = await ssh(target, "docker node ls");
  const { create, update, replace } = changes;
  const changed = create + update + replace + changes.delete;
  say(`\n$ docker node ls    # on ${host}\n${stdout.trimEnd()}\n`);

  const table = new Table({ head: ["node", "hostname", "public", "VPC"], style: { head: [], border: [] } });
  for (const node of [...(outputs.managers as OutputNode[]), ...(outputs.workers as OutputNode[])]) {
    table.push([node.name, node.hostname, node.publicAddress, node.privateAddress]);
  }
  say(table.toString());
  say(
    changed === 0
      ? `\nNothing changed (${seconds} s).`
      : `\nUp in ${seconds} s: ${create} created, ${update} updated, ${replace} replaced, ${changes.delete} deleted.`,
  );
  say(`\nControl endpoint  ${host}`);
  say(
    `A node's shell    npm run lab -- shell --name ${LAB} ${(outputs.managers as OutputNode[])[0]?.hostname ?? ""}`,
  );
  say(`The API           ${lab.endpoint} (token: ${lab.token})`);
  say("Take it down      npm run demo -- down");
}
