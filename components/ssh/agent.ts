import { spawnSync } from "node:child_process";

import type { Fault } from "../faults";

/** For what hangs, in ms. */
const HANGS = 30_000;
/** Dials a socket, and says what went wrong: a constructor cannot wait for an answer itself. */
const DIAL = `require("node:net").connect(process.argv[1])
  .on("connect", () => process.exit(0))
  .on("error", error => process.stdout.write(String(error.code)));`;
const looked = new Map<string, Fault[]>();

/**
 * Whether the environment names an SSH agent that is gone. The provider dials it before each Command although a key is
 * given, and fails where nobody answers; and nothing that a program says makes it leave that out (`tryGetDefaultAgentSocket`
 * in pulumi-command's provider/pkg/provider/remote/connection_unix.go). On Windows it passes a missing agent by.
 *
 * @param socket - Path of the agent's socket.
 */
export function deadAgent(socket = process.env.SSH_AUTH_SOCK): Fault[] {
  if (!socket || process.platform === "win32") return [];
  const known = looked.get(socket) ?? faultsOf(socket);
  looked.set(socket, known);
  return known;
}

function faultsOf(socket: string): Fault[] {
  const { stdout, error } = spawnSync(process.execPath, ["-e", DIAL, socket], {
    encoding: "utf8",
    env: {},
    timeout: HANGS,
  });
  const why = error ? error.message : stdout;
  if (why === "") return [];
  return [
    {
      path: "SSH_AUTH_SOCK",
      reason: `names an SSH agent that does not answer (${socket}: ${why}): every connection would fail with it, though none needs an agent. Run \`unset SSH_AUTH_SOCK\`, or start the agent again, and then this`,
    },
  ];
}
