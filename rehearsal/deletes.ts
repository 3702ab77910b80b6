import type { Entry } from "./entry";

/**
 * Removes resources, each as soon as all that was made from it is removed. Where that fails, what it depends on stays.
 * Should dependencies go in a circle (they may have been other ones when the resources were made), the newest goes first.
 * @param remove - Returns whether it was removed.
 */
export async function deleteInOrder(
  entries: readonly Entry[],
  remove: (entry: Entry) => Promise<boolean>,
): Promise<void> {
  const left = new Set(entries);
  const standing = new Set(entries);
  const running = new Map<Entry, Promise<void>>();
  const dependants = dependantsOf(entries);
  const start = (entry: Entry) => {
    left.delete(entry);
    const run = remove(entry).then(removed => {
      running.delete(entry);
      if (removed) standing.delete(entry);
    });
    running.set(entry, run);
  };
  for (;;) {
    const free = [...left].filter(entry => !dependants.get(entry)?.some(other => standing.has(other)));
    free.sort((one, other) => other.seq - one.seq).forEach(start);
    if (running.size === 0) {
      const newest = [...left].sort((one, other) => other.seq - one.seq)[0];
      // What failed stands and is no longer in `left`: then the rest waits for the next run.
      if (!newest || standing.size > left.size) return;
      start(newest);
    }
    await Promise.race(running.values());
  }
}

function dependantsOf(entries: readonly Entry[]): Map<Entry, Entry[]> {
  const byUrn = new Map<string, Entry[]>();
  for (const entry of entries) byUrn.set(entry.urn, [...(byUrn.get(entry.urn) ?? []), entry]);
  const found = new Map<Entry, Entry[]>(entries.map(entry => [entry, []]));
  for (const entry of entries)
    for (const urn of entry.dependencies) for (const of of byUrn.get(urn) ?? []) found.get(of)?.push(entry);
  return found;
}
