/**
 * Compiled into a user's folder, and run there: `node package/run-graph.js PROGRAM` runs a Pulumi program under mocks, and writes as
 * JSON which resources it made, and its outputs.
 */
import * as path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";

import * as pulumi from "@pulumi/pulumi";

import { ANSWERS, idOf, outputs } from "../unit/mock-cloud";
import { unwrap } from "../unit/unwrap";

/** A resource as it was asked for, secrets unwrapped. */
export interface Asked {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}

/** What a program came to. */
export interface Graph {
  readonly resources: Asked[];
  readonly outputs: Record<string, unknown>;
}

async function main(program: string): Promise<Graph> {
  delete process.env.SSH_AUTH_SOCK;
  const resources: Asked[] = [];
  await pulumi.runtime.setMocks(
    {
      call: ({ token, inputs }) => {
        const answer = ANSWERS[token.split(":").at(-1) ?? ""];
        if (!answer) throw new Error(`no stub for the call of ${token}`);
        return answer(inputs as Record<string, unknown>);
      },
      newResource: ({ type, name, inputs }) => {
        const given = inputs as Record<string, unknown>;
        resources.push({ type, name, inputs: unwrap(given, "", []) });
        return { id: idOf(type, name, {}), state: { ...given, ...outputs(type, name, given, {}) } };
      },
    },
    "consumer",
    "test",
  );
  const exported = (await import(pathToFileURL(path.resolve(program)).href)) as Record<string, unknown>;
  for (let round = 0; round < 3; round++) {
    await pulumi.runtime.disconnect();
    await nextTurn();
  }
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(exported))
    if (pulumi.Output.isInstance(value))
      values[key] = await (value as unknown as { promise(): Promise<unknown> }).promise();
  return { resources, outputs: values };
}

void main(process.argv[2] ?? "").then(graph => process.stdout.write(JSON.stringify(graph)));
