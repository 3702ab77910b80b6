import ora from "ora";

/** Shows what is going on, on stderr: a spinner in a terminal, plain lines elsewhere. */
export interface Progress {
  /** A new step begins, and the one before is done. */
  step(text: string): void;
  /** Something that a step printed: its last line is shown beside the step. */
  output(text: string): void;
  done(): void;
  fail(): void;
}

/** Starts showing progress. */
export function startProgress(): Progress {
  const spinner = ora({ stream: process.stderr });
  let current = "";
  return {
    step(text) {
      if (current) spinner.succeed(current);
      current = text;
      spinner.start(text);
    },
    output(text) {
      const line = text.trim().split("\n").findLast(isNews);
      if (!line) return;
      const room = (process.stderr.columns || 110) - current.length - 6;
      if (spinner.isSpinning) spinner.text = `${current}: ${line.trim().slice(0, room)}`;
      else process.stderr.write(`  ${line.trim()}\n`);
    },
    done() {
      if (current) spinner.succeed(current);
      current = "";
    },
    fail() {
      if (current) spinner.fail(current);
      current = "";
    },
  };
}

/** Leaves out the engine's dots and its remarks on where its plugins are. */
function isNews(line: string): boolean {
  return /[a-z]/i.test(line) && !line.startsWith("@") && !line.includes("from $PATH");
}
