/** What a run waited for: the chain of steps, each of which began when the one before it was done. */
import type { Step } from "../../drivers";

/** URNs of what each resource was made from. A step of anything else is no part of a chain. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * The chain that ends with the last step. A step's predecessor is the dependency that ended last before it began; the
 * chain begins with a step that waited for none.
 */
export function criticalPath(steps: readonly Step[], dependencies: Dependencies): Step[] {
  const latest = (candidates: readonly Step[]) =>
    candidates.reduce<Step | undefined>(
      (one, other) => (one && one.ended >= other.ended ? one : other),
      undefined,
    );
  const known = steps.filter(({ urn }) => dependencies.has(urn));
  const path: Step[] = [];
  for (let step = latest(known); step;) {
    path.unshift(step);
    const { urn, started } = step;
    const before = new Set(dependencies.get(urn) ?? []);
    step = latest(known.filter(other => before.has(other.urn) && other.ended <= started));
  }
  return path;
}

/**
 * The dependencies in a state as a backend of files has it, of what a provider makes: components and providers
 * are there from the start of a run to its end, and nothing is made of them.
 */
export function dependenciesOf(state: string): Dependencies {
  const { checkpoint } = JSON.parse(state) as {
    checkpoint: {
      latest: { resources: { urn: string; type: string; custom: boolean; dependencies?: string[] }[] };
    };
  };
  return new Map(
    checkpoint.latest.resources
      .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
      .map(({ urn, dependencies = [] }) => [urn, dependencies]),
  );
}
