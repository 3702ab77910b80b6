/**
 * Uses outputs of a stack that has only one of them. A process of its own, as a failed Output is refused by everything that
 * waits for it.
 */
import { UserError } from "../../components";
import { consume } from "./consume-stack";

process.on("unhandledRejection", () => undefined);

async function main(): Promise<void> {
  const cluster = await consume("me/cluster/dev", { tag: { value: "swarm", secret: false } });
  const settled = await Promise.allSettled(
    [cluster.tag, cluster.vpcRange].map(output =>
      (output as unknown as { promise(): Promise<unknown> }).promise(),
    ),
  );
  const seen = settled.map(one =>
    one.status === "fulfilled" ? one.value : [one.reason instanceof UserError, String(one.reason)],
  );
  process.stdout.write(JSON.stringify(seen));
}

void main();
