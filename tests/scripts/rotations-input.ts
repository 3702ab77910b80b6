import { FakeHost } from "./fake-host";

export const CLUSTER = "the-cluster";
export const LABEL = "digitalocean-swarm";
/** A manager of a swarm that has seen these rotations. */
export function seen(rotations: Readonly<Record<string, number>> = {}): FakeHost {
  const host = new FakeHost().manager();
  const labels = Object.entries(rotations).map(([what, number]) => [`${LABEL}.${what}`, String(number)]);
  if (labels.length > 0) host.engine.swarm.Spec.Labels = Object.fromEntries(labels) as Record<string, string>;
  return host;
}
/** Whoever holds the lock is waited for no longer. */
export const bounds = { LOCK_SECONDS: 1 };
