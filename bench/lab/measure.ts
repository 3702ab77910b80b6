/** `npm run bench -- lab`: what the lab itself costs. */
import { connect } from "node:net";
import * as path from "node:path";

import { waitFor } from "../../lab/engine/wait";
import { type Lab, labDown, labUp } from "../../lab/lab";
import { createHosts } from "../readiness/hosts";

/** Seconds run by run; memory droplet by droplet. */
export interface LabFigures {
  /** The droplet image's build, with what had to be installed for it and the engine's start. */
  readonly imageSeconds: number;
  /** From the first request until the last of five droplets sent its SSH banner. */
  readonly sshSeconds: readonly number[];
  /** Until all were prepared. */
  readonly readySeconds: readonly number[];
  /** MiB of all processes of each droplet. */
  readonly dropletMib: readonly number[];
}

const LAB = { name: "bench" };
const DROPLETS = 5;
const PATIENCE_MS = 120_000;

/** Builds the image anew, then boots five droplets so many times. */
export async function measureLab(
  runs: number,
  scratch: string,
  say: (line: string) => void,
): Promise<LabFigures> {
  await labUp(LAB, say);
  await labDown({ ...LAB, purge: true }, say);
  const imageSeconds = await seconds(() => labUp(LAB, say));
  const [sshSeconds, readySeconds, dropletMib]: number[][] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    const lab = await labUp(LAB, say);
    try {
      const started = Date.now();
      const answered = untilAllAnswer(lab).then(() => sshSeconds?.push((Date.now() - started) / 1000));
      await createHosts(lab, DROPLETS, path.join(scratch, "hosts"));
      readySeconds?.push((Date.now() - started) / 1000);
      await answered;
      for (const { hostname } of await lab.droplets()) dropletMib?.push(await memoryOf(lab, hostname));
    } finally {
      await labDown(LAB, say);
    }
  }
  return {
    imageSeconds,
    sshSeconds: sshSeconds ?? [],
    readySeconds: readySeconds ?? [],
    dropletMib: dropletMib ?? [],
  };
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = Date.now();
  await run();
  return (Date.now() - started) / 1000;
}

async function untilAllAnswer(lab: Lab): Promise<void> {
  const what = "five droplets to answer SSH";
  await waitFor({ what, timeoutMs: PATIENCE_MS, intervalMs: 50 }, async () => {
    const droplets = await lab.droplets();
    const answers = await Promise.all(droplets.map(({ publicAddress }) => sendsBanner(publicAddress)));
    return (droplets.length === DROPLETS && !answers.includes(false)) || undefined;
  });
}

function sendsBanner(host: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port: 22, timeout: 500 });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("data", data => settle(data.toString().startsWith("SSH-2.0")));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
    // Taken and closed without a word, as by an sshd that is not ready.
    socket.once("close", () => settle(false));
  });
}

/** Of all its processes; what they share with others is shared among them. */
async function memoryOf(lab: Lab, hostname: string): Promise<number> {
  const script =
    "cat /proc/[0-9]*/smaps_rollup 2>/dev/null | awk '/^Pss:/ { sum += $2 } END { print sum / 1024 }'";
  const { stdout } = await lab.exec(hostname, ["sh", "-c", script]);
  return Number(stdout);
}
