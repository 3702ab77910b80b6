import * as pulumi from "@pulumi/pulumi";

/** One thing that is wrong with an argument. */
export interface Fault {
  /** Where, as a property path: `workers.web.count`. */
  readonly path: string;
  /** What is wrong, and what would be right. */
  readonly reason: string;
}

/** What the user has to mend. A `RunError`, so that the CLI prints the message without a stack trace. */
export class UserError extends pulumi.RunError {
  public constructor(message: string) {
    super(message);
    // Thrown in an `apply` it comes by every resource that waits for it, each of which would put its own name in front.
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
  }
}

/** All faults of a program's input in one error, raised before any resource is created. */
export class InvalidArgsError extends UserError {
  public constructor(
    /** What was being configured: a component's name, or the stack's configuration. */
    subject: string,
    public readonly faults: readonly Fault[],
  ) {
    const lines = [
      `${subject}: ${faults.length === 1 ? "one fault" : `${faults.length} faults`} in the arguments`,
      ...faults.map(fault => `  - ${fault.path}: ${fault.reason}`),
    ];
    super(lines.join("\n"));
    this.name = "InvalidArgsError";
  }
}

/** Throws an {@link InvalidArgsError} when there is any fault. */
export function raise(subject: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidArgsError(subject, faults);
}
