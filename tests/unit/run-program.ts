import * as pulumi from "@pulumi/pulumi";

import { CLUSTER } from "./cluster";
import { quiet, type Recording, startRecording } from "./mocks";

const CONFIG = {
  "digitalocean-swarm:region": "fra1",
  "digitalocean-swarm:managers": JSON.stringify(CLUSTER.managers),
  "digitalocean-swarm:workers": JSON.stringify(CLUSTER.workers),
  "digitalocean-swarm:firewall": JSON.stringify(CLUSTER.firewall),
};

/** Runs the program as `pulumi up` (or preview) does, and gives its outputs: value, and whether it is a secret. */
export async function runProgram(
  preview: boolean,
  more: Readonly<Record<string, string>> = {},
): Promise<{ world: Recording; outputs: Record<string, Out> }> {
  const outputs: Record<string, Out> = {};
  let world: Recording | undefined;
  await jest.isolateModulesAsync(async () => {
    world = await startRecording({ preview });
    pulumi.runtime.setAllConfig({ ...CONFIG, ...more });
    const program = jest.requireActual<Record<string, pulumi.Output<unknown>>>("../../index");
    await quiet();
    // Pulumi leaves out what is not there.
    for (const key of Object.keys(program).filter(key => program[key] !== undefined))
      outputs[key] = await lookInto(program[key]);
  });
  if (!world) throw new Error("the program did not run");
  return { world, outputs };
}

/** An output of the stack. */
export interface Out {
  readonly value: unknown;
  readonly secret: boolean;
  readonly known: boolean;
}

/** What is known of an output. */
export async function lookInto(output: unknown): Promise<Out> {
  const inside = pulumi.output(output) as unknown as {
    promise(): Promise<unknown>;
    isSecret: Promise<boolean>;
    isKnown: Promise<boolean>;
  };
  return { value: await inside.promise(), secret: await inside.isSecret, known: await inside.isKnown };
}
