/**
 * The two ways to run the program on the lab, behind one interface: the Pulumi CLI, and the rehearsal where there is
 * none. The demo and the end-to-end scenarios are written against this alone.
 */
import type { Changes } from "../rehearsal/stack";

export type { Changes };

/** Configuration by key with its namespace, as in `Pulumi.STACK.yaml`: `digitalocean-swarm:managers`. */
export type StackConfig = Readonly<Record<string, unknown>>;

/** What a run did to one resource; times in ms since the epoch. */
export interface Step {
  readonly urn: string;
  /** `create`, `same`, `delete` ... */
  readonly op: string;
  readonly started: number;
  readonly ended: number;
}

/** What a run came to. */
export interface RunResult {
  readonly changes: Changes;
  /** When it began, in ms since the epoch, and how many seconds it took. */
  readonly started: number;
  readonly seconds: number;
  /** In the order of their end. Only with the CLI. */
  readonly steps: readonly Step[];
  /** All that was shown to the user. */
  readonly log: string;
}

/** What `up` came to. */
export interface UpResult extends RunResult {
  /** Stack outputs; secret ones in clear text, for tests to use and to look for. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of the outputs that are secret. Where only a part of one is, the drivers differ. */
  readonly secretOutputs: readonly string[];
}

/** A run that failed: nothing is lost, and the next one goes on. */
export class RunFailed extends Error {
  public constructor(
    message: string,
    /** All that was shown to the user. */
    public readonly log: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RunFailed";
  }
}

/** Options of one `up` or `destroy`. */
export interface RunOptions {
  /** Reads the real state of everything first. */
  readonly refresh?: boolean;
  /** Gets the output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Options of one `up`. */
export interface UpOptions extends RunOptions {
  /** Resources to replace although nothing about them changed, by logical name, with all that depends on them. */
  readonly replace?: readonly string[];
  /** Steps at a time. Only with the CLI. @default Pulumi's: four for each core */
  readonly parallel?: number;
  /** Seconds after which it is given up. @default 1200 */
  readonly longest?: number;
  /** Further variables of the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the run, as SIGKILL would. */
  readonly kill?: AbortSignal;
}

/** One stack, and how it is run. */
export interface Driver {
  readonly kind: "cli" | "rehearsal";
  /** Brings the cluster to what `config` says. @throws RunFailed */
  up(config: StackConfig, options?: UpOptions): Promise<UpResult>;
  /** What `up` would do. @throws RunFailed */
  preview(config: StackConfig): Promise<RunResult>;
  /** Removes everything. @throws RunFailed */
  destroy(options?: RunOptions): Promise<RunResult>;
  /** Reads the real state of everything; `changes` says what differed. */
  refresh(): Promise<RunResult>;
  /** The state or journal as it is stored, to look for secrets in. */
  storedState(): Promise<string>;
  /** Takes back a lock that a killed run left behind. */
  cancel(): Promise<void>;
}
