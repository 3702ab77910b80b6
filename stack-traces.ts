/**
 * Leaves out stack traces that nobody sees. Pulumi's SDK takes one for each of its promises, to name those that were
 * never settled where `PULUMI_DEBUG_PROMISE_LEAKS` is set, and ts-node looks up the source of each of its lines: without
 * this, most of the program's time (`npm run bench -- graph`). Errors that say something, and the resources' positions
 * in the source (for which the SDK lifts the limit of lines), keep theirs.
 */
const { prepareStackTrace: mapped } = Error as {
  readonly prepareStackTrace?: (error: Error, frames: NodeJS.CallSite[]) => unknown;
};
if (mapped && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) {
  Error.prepareStackTrace = (error, frames) =>
    error.message === "" && Error.stackTraceLimit !== Infinity ? String(error) : mapped(error, frames);
}
