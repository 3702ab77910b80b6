import { type Fault, InvalidArgsError, SwarmCluster, type SwarmClusterArgs } from "../../components";
import { resolve } from "../../components/resolve";
import { type MockOptions, quiet, type Recording, startRecording } from "./mocks";

/** Three managers and two workers. */
export const CLUSTER: SwarmClusterArgs = {
  region: "fra1",
  managers: { count: 3 },
  workers: { web: { count: 2, labels: { tier: "web" } } },
  firewall: { sshFrom: ["192.0.2.7/32"] },
};

/** Makes a cluster named `demo` in a new world, and waits until all its resources are there. */
export async function makeCluster(
  args: Partial<SwarmClusterArgs> = {},
  options: MockOptions = {},
): Promise<Recording & { cluster: SwarmCluster }> {
  const world = await startRecording(options);
  const cluster = new SwarmCluster("demo", { ...CLUSTER, ...args });
  await quiet();
  return { ...world, cluster };
}

/** A number where text is wanted, as YAML and Python may give it. */
export const asText = (number: number) => number as unknown as string;

/** What is wrong with a cluster's arguments, as far as they are plain. */
export function faultsOf(name: string, args: SwarmClusterArgs): readonly Fault[] {
  try {
    resolve(name, args);
    return [];
  } catch (error) {
    if (error instanceof InvalidArgsError) return error.faults;
    throw error;
  }
}
