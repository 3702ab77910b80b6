/** Runs the end-to-end scenarios on a lab of their own: `npm run e2e -- --grep "<name>"`. */
import "../../broken-pipe";

import * as assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import * as path from "node:path";

import { Command } from "commander";

import { chooseDriver, type Driver, labConfig } from "../../drivers";
import { labDown, labUp } from "../../lab/lab";
import { asAsked } from "./asked";
import { writePreparations } from "./preparations";
import { type Outcome, type Scenario, Skipped } from "./scenario";
import { GROUPS } from "./scenarios";
import { writeAttempts } from "./security/attempts-table";
import { writeTable } from "./table";
import { World } from "./world";

const ROOT = path.resolve(__dirname, "..", "..");
const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Options {
  readonly attempts?: string;
  readonly prepared?: string;
  readonly grep?: readonly string[];
  readonly core?: boolean;
  readonly driver?: Driver["kind"];
  readonly emptyAccount?: boolean;
  readonly keep?: boolean;
  readonly lab: string;
  readonly labs: number;
  readonly table?: string;
  readonly verbose?: boolean;
}

async function main(): Promise<void> {
  const options = new Command("e2e")
    .option("--grep <text...>", "only scenarios whose name has one of these texts")
    .option("--core", "only the scenarios that are part of `npm test`")
    .option("--driver <kind>", "cli or rehearsal; default: the CLI where it is on PATH")
    .option("--table <file>", "write the outcomes into this Markdown table")
    .option("--attempts <file>", "write who tried what from where into this Markdown table")
    .option("--prepared <file>", "write how long hosts took to be prepared into this Markdown table")
    .option("--lab <name>", "the lab to run on: two runs at once need one each", "e2e")
    .option("--labs <count>", "how many labs to use side by side", Number, 1)
    .option("--empty-account", "begin in an account that has nothing, in place of one that others use, too")
    .option("--keep", "leave the labs as they are at the end, to look at")
    .option("--verbose", "show what the driver prints")
    .parse()
    .opts<Options>();
  const groups = choose(options);
  const labs = Math.min(options.labs, groups.length);
  const worlds: World[] = [];
  let run;
  try {
    // One after the other: the first one builds what all need.
    for (let i = 0; i < labs; i++) worlds.push(await makeWorld(options, i));
    run = await runAll(groups, worlds);
  } finally {
    if (!options.keep) for (let i = 0; i < labs; i++) await removeWorld(options, i);
  }
  const { outcomes, seconds } = run;
  const names = GROUPS.flat().map(({ name }) => name);
  outcomes.sort((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
  if (options.table) await writeTable(options.table, names, { outcomes, seconds, labs });
  if (options.attempts)
    await writeAttempts(
      options.attempts,
      outcomes.flatMap(({ attempts = [] }) => attempts),
    );
  if (options.prepared)
    await writePreparations(
      options.prepared,
      outcomes.flatMap(({ preparations = [] }) => preparations),
    );
  const count = (result: Outcome["result"]) => outcomes.filter(outcome => outcome.result === result).length;
  say(
    `\n${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped in ${Math.round(seconds)} s`,
  );
  process.exitCode = count("failed") > 0 ? 1 : 0;
}

/** Each world takes the next group when it is done with one. */
async function runAll(
  groups: Scenario[][],
  worlds: readonly World[],
): Promise<{ outcomes: Outcome[]; seconds: number }> {
  const started = Date.now();
  const outcomes: Outcome[] = [];
  await Promise.all(
    worlds.map(async world => {
      for (let group = groups.shift(); group; group = groups.shift())
        for (const scenario of group) outcomes.push(await runOne(scenario, world));
    }),
  );
  return { outcomes, seconds: (Date.now() - started) / 1000 };
}

/** The groups with what is to be run of them. */
function choose({ grep = [""], core }: Options): Scenario[][] {
  const chosen = GROUPS.map(group =>
    group.filter(
      ({ name, core: isCore }) =>
        grep.some(text => name.toLowerCase().includes(text.toLowerCase())) && (!core || isCore),
    ),
  ).filter(group => group.length > 0);
  if (chosen.length === 0)
    throw new Error(`no scenario's name has ${grep.map(text => `"${text}"`).join(" or ")}`);
  return chosen;
}

/** The name of the lab of this number, and where its driver keeps its files. */
function placeOf(options: Options, number: number): { lab: string; state: string } {
  const lab = number === 0 ? options.lab : `${options.lab}-${number + 1}`;
  return { lab, state: path.join(ROOT, ".e2e", lab) };
}

async function makeWorld(options: Options, number: number): Promise<World> {
  const { lab: name, state } = placeOf(options, number);
  await rm(state, { recursive: true, force: true });
  await labDown({ name }, () => undefined);
  const lab = await labUp({ name }, say);
  if (!options.emptyAccount) await lab.seed();
  const driver = await chooseDriver(state, "lab", options.driver);
  const report = options.verbose ? say : () => undefined;
  return new World(driver, lab, await labConfig(lab.endpoint), report, state);
}

async function removeWorld(options: Options, number: number): Promise<void> {
  const { lab: name, state } = placeOf(options, number);
  await labDown({ name }, () => undefined);
  await rm(state, { recursive: true, force: true });
}

async function runOne(scenario: Scenario, world: World): Promise<Outcome> {
  const started = Date.now();
  const outcome = (result: Outcome["result"], detail?: string): Outcome => {
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    say(
      `${{ passed: "ok  ", failed: "FAIL", skipped: "skip" }[result]} ${scenario.name} (${world.driver.kind}, ${seconds} s)${detail ? `\n${detail}` : ""}`,
    );
    const attempts = world.attempts.take();
    const preparations = world.preparations.splice(0);
    const driver = world.driver.kind;
    return { name: scenario.name, driver, seconds, result, detail, attempts, preparations };
  };
  const reason = scenario.skip?.[world.driver.kind];
  if (reason) return outcome("skipped", `     ${reason}`);
  const shared = await world.lab.isSeeded();
  try {
    await inItsAccount(scenario, world);
    return outcome("passed");
  } catch (error) {
    if (error instanceof Skipped) return outcome("skipped", `     ${error.message}`);
    const failed = outcome("failed", world.explain(error));
    // What comes next is not to fail for this.
    await world
      .clear()
      .catch((left: unknown) => say(`     could not be cleared after it\n${world.explain(left)}`));
    return failed;
  } finally {
    await world.tidy();
    if (shared)
      await world.lab
        .seed()
        .catch((left: unknown) =>
          say(`     the account could not be furnished again\n${world.explain(left)}`),
        );
  }
}

/** Runs a scenario in the account that it wants. What others have in an account that they share stays as it is. */
async function inItsAccount({ account, run }: Scenario, world: World): Promise<void> {
  if (account === "new") {
    // Another scenario may have left its cluster there.
    await world.destroy();
    await world.lab.emptyAccount();
  }
  await run(world);
  // Whatever a scenario looks at itself, a green `up` has told the truth.
  await asAsked(world);
  if (account === "new") await world.lab.emptyAccount();
  else assert.deepEqual(await world.lab.seedTouched(), [], "what others have in the account was touched");
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
