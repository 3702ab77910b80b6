import * as pulumi from "@pulumi/pulumi";

import { clusterFromStack, type ClusterOutputs } from "../../components";

/** A stack's outputs: the value of each, and whether it is a secret. */
export type StoredOutputs = Readonly<Record<string, { readonly value: unknown; readonly secret: boolean }>>;

/** What another project sees of a stack. */
export async function consume(stack: string, outputs: StoredOutputs): Promise<ClusterOutputs> {
  const stored = {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    secretOutputNames: Object.keys(outputs).filter(name => outputs[name]?.secret),
  };
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`no call is expected: ${token}`);
      },
      newResource: ({ name }) => ({ id: name, state: { name, ...stored } }),
    },
    "consumer",
    "test",
  );
  return clusterFromStack(new pulumi.StackReference(stack));
}
