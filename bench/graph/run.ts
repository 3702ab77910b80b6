/** Builds one graph under Pulumi's mocks in a process of its own, and prints what it cost as a line of JSON. */
import "../../stack-traces";

import * as pulumi from "@pulumi/pulumi";

import { outputs } from "./answers";
import { GRAPHS } from "./graphs";

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

interface Args {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

let resources = 0;
let inputs = 0;
const largest = { userData: 0, stdin: 0 };

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

/** Counts a resource, and answers for its provider. */
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

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
