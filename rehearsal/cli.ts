import "../broken-pipe";

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { Command } from "commander";
import { parse } from "yaml";

import { messageOf } from "../lab/engine/errors";
import { type Props, text } from "./entry";
import { Journal, type StackOutputs } from "./journal";
import { runProgram } from "./program";
import { type Changes, Stack } from "./stack";

const ROOT = path.resolve(__dirname, "..");

interface Flags {
  readonly stack: string;
  readonly state?: string;
  readonly config?: string;
  readonly json?: string;
  readonly program: string;
  readonly refresh?: boolean;
  readonly replace?: string[];
}
type Verb = "up" | "preview" | "refresh" | "down";

/** What `--json` writes, with secrets in clear text. */
export interface Report {
  readonly errors: readonly string[];
  readonly outputs: Props;
  readonly secretOutputs: readonly string[];
  readonly changes: Changes;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run(verb: Verb, flags: Flags): Promise<void> {
  const journal = Journal.open(path.resolve(flags.state ?? path.join(ROOT, ".rehearsal", flags.stack)));
  let stack: Stack | undefined;
  const strays = new Set<string>();
  let ended = false;
  const end = (outputs: StackOutputs) => {
    if (ended) return;
    ended = true;
    journal.close();
    report(verb, flags, stack, [...(stack?.errors ?? []), ...strays], outputs);
  };
  // What the program throws where nobody waits for it, in an `apply` for instance. What is under way is finished.
  const stray = (error: unknown) => void strays.add(messageOf(error));
  process.on("unhandledRejection", stray).on("uncaughtException", stray);
  process.on("beforeExit", () => {
    strays.add("the program waits for something that never comes");
    end(journal.outputs);
  });
  try {
    const config = readConfig(flags, verb === "up" || verb === "preview" ? {} : journal.provider);
    const provider = providerOf(config);
    if (verb === "up") journal.provider = provider;
    stack = new Stack(journal, { ...provider, replace: flags.replace, preview: verb === "preview", say });
    if (flags.refresh || verb === "refresh") {
      await stack.refresh();
      // Counted are the changes that are made, as by the Pulumi CLI.
      if (verb !== "refresh")
        for (const op of Object.keys(stack.changes)) stack.changes[op as keyof Changes] = 0;
    }
    if (verb === "up" || verb === "preview") {
      const outputs = await runProgram(stack, {
        file: path.resolve(flags.program),
        project: text((parse(readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8")) as Props).name) ?? "",
        stack: flags.stack,
        config: asTexts(config),
        preview: verb === "preview",
      });
      // After an error nothing is deleted: it may still be needed.
      if (stack.errors.length === 0 && strays.size === 0) {
        if (verb === "up") journal.outputs = outputs;
        await stack.prune();
      }
    } else if (verb === "down") {
      await stack.destroy();
      if (stack.errors.length === 0) journal.outputs = { values: {}, secrets: [] };
    }
  } catch (error) {
    stray(error);
  }
  end(journal.outputs);
}

function report(
  verb: Verb,
  flags: Flags,
  stack: Stack | undefined,
  errors: readonly string[],
  { values, secrets }: StackOutputs,
): void {
  const changes = stack?.changes ?? { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  if (verb !== "preview" && errors.length === 0)
    for (const [key, value] of Object.entries(values))
      say(`${key}: ${secrets.includes(key) ? "[secret]" : JSON.stringify(value)}`);
  const { same, ...made } = changes;
  const words = { create: "created", update: "updated", replace: "replaced", delete: "deleted" };
  const done = Object.entries(words).flatMap(([op, word]) => {
    const count = made[op as keyof typeof made];
    return count > 0 ? [`${count} ${verb === "preview" ? `to be ${word}` : word}`] : [];
  });
  if (done.length === 0 && errors.length === 0) say("nothing changed");
  say(`Resources: ${[...done, `${same} unchanged`].join(", ")}`);
  for (const error of errors) say(`error: ${error}`);
  const result: Report = { errors, outputs: values, secretOutputs: secrets, changes };
  if (flags.json) writeFileSync(flags.json, JSON.stringify(result), { mode: 0o600 });
  process.exit(errors.length > 0 ? 1 : 0);
}

/**
 * The stack's configuration: a file of keys and values, or `Pulumi.STACK.yaml`. What only looks at or removes what is
 * there goes where it was made, as the engine does.
 */
function readConfig(flags: Flags, recorded: Props): Props {
  if (flags.config) return parse(readFileSync(flags.config, "utf8")) as Props;
  if (Object.keys(recorded).length > 0) return recorded;
  const file = path.join(ROOT, `Pulumi.${flags.stack}.yaml`);
  if (!existsSync(file)) throw new Error(`there is no Pulumi.${flags.stack}.yaml`);
  return (parse(readFileSync(file, "utf8")) as { config?: Props }).config ?? {};
}

function asTexts(config: Props): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (typeof value === "object" && value !== null && "secure" in value)
        throw new Error(`${key} is encrypted, which only the Pulumi CLI can undo`);
      return [key, typeof value === "string" ? value : JSON.stringify(value)];
    }),
  );
}

/** Never DigitalOcean itself: what is rehearsed costs nothing and is lost without a loss. */
function providerOf(config: Props): { endpoint: string; token: string } {
  const endpoint = text(config["digitalocean:apiEndpoint"]) ?? text(config.endpoint);
  if (!endpoint) throw new Error("digitalocean:apiEndpoint is missing: the rehearsal runs on a lab only");
  if (new URL(endpoint).hostname.endsWith("digitalocean.com"))
    throw new Error("digitalocean:apiEndpoint is DigitalOcean itself: the rehearsal runs on a lab only");
  return { endpoint, token: text(config["digitalocean:token"]) ?? text(config.token) ?? "" };
}

const cli = new Command("rehearse").description("Runs the program on the lab without the Pulumi CLI");
const verb = (name: Verb, description: string) =>
  cli
    .command(name)
    .description(description)
    .option("--stack <name>", "reads Pulumi.<name>.yaml", "lab")
    .option("--state <dir>", "where the journal is (default: .rehearsal/<stack>)")
    .option("--config <file>", "configuration in place of Pulumi.<stack>.yaml: keys and values, YAML or JSON")
    .option("--json <file>", "writes the result there, secrets in clear text")
    .option("--program <file>", "what is run", path.join(ROOT, "index.ts"))
    .action((flags: Flags) =>
      run(name, flags).catch((error: unknown) =>
        report(name, flags, undefined, [messageOf(error)], { values: {}, secrets: [] }),
      ),
    );
verb("up", "brings the lab to what the program says")
  .option("--refresh", "looks first what is still there")
  .option("--replace <name...>", "replaces resources though nothing about them changed");
verb("preview", "says what `up` would do");
verb("refresh", "looks what is still there");
verb("down", "removes everything").option("--refresh", "looks first what is still there");

void cli.parseAsync();
