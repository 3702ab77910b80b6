/** Runs the end-to-end scenarios one after another on a lab of their own: `npm run e2e -- --grep "<name>"`. */
import { rm } from "node:fs/promises";
import * as path from "node:path";

import { Command } from "commander";

import { chooseDriver, type Driver, labConfig } from "../../drivers";
import { labDown, labUp } from "../../lab/lab";
import { type Outcome, type Scenario, Skipped } from "./scenario";
import { SCENARIOS } from "./scenarios";
import { writeAttempts } from "./security/attempts-table";
import { writeTable } from "./table";
import { World } from "./world";

const ROOT = path.resolve(__dirname, "..", "..");
const say = (line: string) => void process.stderr.write(`${line}\n`);

interface Options {
  readonly attempts?: string;
  readonly grep?: readonly string[];
  readonly core?: boolean;
  readonly driver?: Driver["kind"];
  readonly keep?: boolean;
  readonly lab: string;
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
    .option("--lab <name>", "the lab to run on: two runs at once need one each", "e2e")
    .option("--keep", "leave the lab as it is at the end, to look at")
    .option("--verbose", "show what the driver prints")
    .parse()
    .opts<Options>();
  const grep = options.grep?.map(text => text.toLowerCase()) ?? [""];
  const chosen = SCENARIOS.filter(
    scenario =>
      grep.some(text => scenario.name.toLowerCase().includes(text)) && (!options.core || scenario.core),
  );
  if (chosen.length === 0)
    throw new Error(`no scenario's name has ${grep.map(text => `"${text}"`).join(" or ")}`);

  const state = path.join(ROOT, ".e2e", options.lab);
  await rm(state, { recursive: true, force: true });
  await labDown({ name: options.lab }, () => undefined);
  const lab = await labUp({ name: options.lab }, say);
  const driver = await chooseDriver(state, "lab", options.driver);
  const world = new World(
    driver,
    lab,
    await labConfig(lab.endpoint),
    options.verbose ? say : () => undefined,
    state,
  );
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of chosen) outcomes.push(await runOne(scenario, world));
  } finally {
    if (!options.keep) {
      await labDown({ name: options.lab }, () => undefined);
      await rm(state, { recursive: true, force: true });
    }
  }
  if (options.table) {
    const names = SCENARIOS.map(({ name }) => name);
    await writeTable(options.table, names, outcomes);
  }
  if (options.attempts) await writeAttempts(options.attempts, world.attempts.all);
  const count = (result: Outcome["result"]) => outcomes.filter(outcome => outcome.result === result).length;
  say(`\n${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  process.exitCode = count("failed") > 0 ? 1 : 0;
}

async function runOne(scenario: Scenario, world: World): Promise<Outcome> {
  const started = Date.now();
  const outcome = (result: Outcome["result"], detail?: string): Outcome => {
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    say(
      `${{ passed: "ok  ", failed: "FAIL", skipped: "skip" }[result]} ${scenario.name} (${world.driver.kind}, ${seconds} s)${detail ? `\n${detail}` : ""}`,
    );
    return { name: scenario.name, driver: world.driver.kind, seconds, result, detail };
  };
  const reason = scenario.skip?.[world.driver.kind];
  if (reason) return outcome("skipped", `     ${reason}`);
  try {
    await scenario.run(world);
    return outcome("passed");
  } catch (error) {
    if (error instanceof Skipped) return outcome("skipped", `     ${error.message}`);
    const failed = outcome("failed", world.explain(error));
    // What comes next is not to fail for this.
    await world.clear().catch((left: unknown) => say(`could not be cleared after it: ${String(left)}`));
    return failed;
  } finally {
    await world.tidy();
  }
}

main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
