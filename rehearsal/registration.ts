import type { Props } from "./entry";

/** A resource as the program registers it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Props;
  /** Names of the inputs and outputs that the program says are secret. */
  readonly secrets: readonly string[];
  readonly dependencies: readonly string[];
  readonly deletedWith?: string;
  readonly ignoreChanges: readonly string[];
  /** How long its deletion may take. */
  readonly deleteSeconds?: number;
}

/** What the program gets back. `id` is missing while it is unknown, in a preview. */
export interface Registered {
  readonly id?: string;
  readonly state: Props;
  readonly secrets: readonly string[];
}
