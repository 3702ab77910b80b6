import * as pulumi from "@pulumi/pulumi";

import { type Fault, raise } from "./faults";

/** Takes note of a fault: what is wrong, and where below the argument that is being read (`[2]`, `.key`). */
export type Report = (reason: string, below?: string) => void;

/**
 * Reads arguments. What is plain is looked at right away and its faults are collected, so that all of them come in one
 * error before anything is made. What is an Output is looked at when it is known, with the same words.
 */
export class Reader {
  public readonly faults: Fault[] = [];

  /** @param subject - Whose arguments they are, for the error: `SwarmCluster "prod"`. */
  public constructor(private readonly subject: string) {}

  /** Takes note of a fault of a plain value. */
  public fault(path: string, reason: string): void {
    this.faults.push({ path, reason });
  }

  /** Takes note of the faults of what stands at a path. */
  public at(path: string): Report {
    return (reason, below = "") => {
      this.fault(`${path}${below}`, reason);
    };
  }

  /**
   * The value in the form that `parse` gives it.
   *
   * @param path - Property path of the argument, `firewall.sshFrom`.
   * @param parse - Reports every fault of a value. What it returns is not used where it reported one.
   */
  public read<T, R>(
    path: string,
    value: pulumi.Input<T>,
    parse: (value: pulumi.Unwrap<T>, report: Report) => R,
  ): pulumi.Input<R> {
    const look = (known: pulumi.Unwrap<T>, faults: Fault[]) =>
      parse(known, (reason, below = "") => void faults.push({ path: `${path}${below}`, reason }));
    if (isPlain(value)) return look(value as pulumi.Unwrap<T>, this.faults);
    return pulumi.output(value).apply((known): R => {
      const faults: Fault[] = [];
      const result = look(known, faults);
      raise(this.subject, faults);
      return result;
    });
  }

  /** @throws InvalidArgsError where there is any fault. */
  public raise(): void {
    raise(this.subject, this.faults);
  }
}

/** Whether a value is known now: no part of it is an Output or a promise. */
export function isPlain(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return Object.values(value).every(isPlain);
}

/** Applies a function to a value, at once where the value is plain. */
export function map<T, R>(value: pulumi.Input<T>, change: (value: pulumi.Unwrap<T>) => R): pulumi.Input<R> {
  return isPlain(value)
    ? change(value as pulumi.Unwrap<T>)
    : pulumi.output(value).apply((known): R => change(known));
}

/** A word as text: a program in YAML or Python may give a number for it. */
export function textOf(word: string | number): string {
  return String(word);
}

/** Notes a number that is no whole number of the range. `undefined` is fine. */
export function integer(
  value: number | undefined,
  [least, most]: readonly [number, number],
  report: Report,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  report(`is ${value}; it takes a whole number from ${least} to ${most}`);
}

/** Reads one of some words. */
export function parseWord<Word extends string>(words: readonly Word[]) {
  return (word: Word, report: Report): Word => {
    oneOf(word, words, report);
    return word;
  };
}

/** Notes a word that is none of some. `undefined` is fine. */
export function oneOf(value: string | undefined, words: readonly string[], report: Report): void {
  if (value === undefined || words.includes(value)) return;
  report(`"${value}" is none of ${words.map(word => `\`${word}\``).join(", ")}`);
}
