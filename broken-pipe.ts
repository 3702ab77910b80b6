/**
 * A reader that goes early, as in `npm run lab -- status | head`, is no error: what else is written is lost, and the
 * program does what it has to do to its end. Each of the project's command lines imports this first.
 */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

export {};
