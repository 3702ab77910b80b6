/** Commands inside a container. */
import { PassThrough } from "node:stream";

import type Docker from "dockerode";

const COMMAND_SECONDS = 60;

/** What a command came to. */
export interface ExecResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command in a running container.
 * @throws If it takes more than 60 s.
 */
export async function execIn(
  docker: Docker,
  containerId: string,
  command: readonly string[],
): Promise<ExecResult> {
  const exec = await docker.getContainer(containerId).exec({
    Cmd: [...command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: false });
  const out = new PassThrough();
  const err = new PassThrough();
  const [stdout, stderr] = [collect(out), collect(err)];
  docker.modem.demuxStream(stream, out, err);
  const timer = setTimeout(
    () => stream.destroy(new Error(`"${command.join(" ")}" took more than ${COMMAND_SECONDS} s`)),
    COMMAND_SECONDS * 1000,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      stream.once("end", resolve);
      stream.once("close", resolve);
      stream.once("error", reject);
    });
  } finally {
    clearTimeout(timer);
    out.end();
    err.end();
  }
  const { ExitCode: code } = await exec.inspect();
  return { code, stdout: await stdout, stderr: await stderr };
}

/**
 * Runs a command that must succeed.
 * @throws If it fails, with what it wrote to stderr.
 */
export async function runInside(
  docker: Docker,
  containerId: string,
  command: readonly string[],
): Promise<void> {
  const { code, stdout, stderr } = await execIn(docker, containerId, command);
  if (code === 0) return;
  const reason = stderr.trim() || stdout.trim() || "without a word";
  throw new Error(`"${command.join(" ")}" failed with status ${code ?? "?"}: ${reason}`);
}

async function collect(stream: PassThrough): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk as string;
  return text;
}
