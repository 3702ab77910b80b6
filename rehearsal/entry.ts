/** Properties of a resource, by their names in the program. */
export type Props = Readonly<Record<string, unknown>>;

/** A resource as the journal has it. */
export interface Entry {
  /** Order of creation, and the entry's own number: a replaced resource has two entries until the old one is deleted. */
  readonly seq: number;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The provider's id. */
  readonly id: string;
  readonly inputs: Props;
  /** What came back, without what only repeats an input. */
  readonly outputs: Props;
  /** Names of secret properties, of the inputs and of the outputs. */
  readonly secrets: readonly string[];
  /** The input `name` was made up here, and stays as it is while the resource lives. */
  readonly autoNamed: boolean;
  /** URNs of what it was made from, which is deleted after it. */
  readonly dependencies: readonly string[];
  /** URN of the resource whose deletion makes deleting this one needless. */
  readonly deletedWith?: string;
  /** How long its deletion may take, in seconds (`customTimeouts.delete`). @default the provider's own limit */
  readonly deleteSeconds?: number;
  /** Another one stands in its place: it is to be deleted when the program is done. */
  readonly replaced?: boolean;
}

/** What a handler returns for a new resource. */
export interface Made {
  readonly id: string;
  readonly outputs: Props;
}

/** How resources of one type are made, changed and removed. */
export interface Handler {
  /** Inputs whose change needs another resource. */
  readonly replaceOn: readonly string[];
  /** A missing `name` is made up, as the real provider's bridge does. */
  readonly autoName?: boolean;
  /** Outputs that are always secret. */
  readonly secretOutputs?: readonly string[];
  /** What a changed input does to the outputs is not known before it is done. */
  readonly volatile?: boolean;
  readonly create: (inputs: Props, name: string) => Promise<Made>;
  /** @returns the new outputs. Without it every change is a replacement. */
  readonly update?: (old: Entry, inputs: Props) => Promise<Props>;
  /** Without it there is nothing to remove. */
  readonly delete?: (old: Entry) => Promise<unknown>;
  /** @returns inputs that differ in reality (`{}` when none does), or `undefined` when the resource is gone. */
  readonly read?: (old: Entry) => Promise<Props | undefined>;
}

/** The seconds of a duration such as `1h30m` or `90s`, as `customTimeouts` has it; `undefined` for none. */
export function seconds(duration: string | undefined): number | undefined {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };
  const parts = [...(duration ?? "").matchAll(/([\d.]+)([hms])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
}

/** A text, or nothing when it is no text. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list; none when it is no list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** `digitalocean:Droplet` for `digitalocean:index/droplet:Droplet`. */
export function shortType(type: string): string {
  return type.replace(/:[^:]*:/, ":");
}
