/** Whether a droplet stays up: a container starts, though what it starts ends a moment later. */
import type Docker from "dockerode";

import { statusOf } from "../engine/errors";
import { waitFor } from "../engine/wait";
import { execIn } from "./exec";

const BOOT_MS = 5 * 60_000;
/** For one look; the engine ends a command after a minute. */
const LOOK_SECONDS = 5;
/** The status of a look that came too early. */
const NOT_YET = 75;

/**
 * Waits for systemd's socket, which is there when it has got hold of all that it needs from the kernel, and then sets up
 * the IPv6 address, where the droplet was created with one and the kernel has the protocol.
 */
const SCRIPT = `
for _ in $(seq ${LOOK_SECONDS * 10}); do [ -S /run/systemd/private ] && break; sleep 0.1; done
[ -S /run/systemd/private ] || exit ${NOT_YET}
[ -n "\${LAB_IPV6:-}" ] && [ -d /proc/sys/net/ipv6 ] || exit 0
echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
ip -6 address replace "$LAB_IPV6" dev eth0 nodad`;

/**
 * Waits until a container that was started has systemd running. SSH and cloud-init come after that.
 * @throws If it ends instead, with the end of what it wrote; or after five minutes.
 */
export async function awaitBoot(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id);
  await waitFor(
    {
      what: "systemd to run in it",
      timeoutMs: BOOT_MS,
      advice: async () => `The end of what it wrote: ${await lastWords(container)}`,
    },
    async () => {
      const look = await execIn(docker, id, ["/bin/sh", "-c", SCRIPT]).catch((error: unknown) => {
        // One that does not run takes no command.
        if (statusOf(error) !== 409) throw error;
        return { code: null, stderr: "" };
      });
      if (look.code === 0) return true;
      const { State } = await container.inspect();
      if (!State.Running) {
        throw new Error(
          `it ended with status ${State.ExitCode} while it booted. The end of what it wrote: ${await lastWords(container)}`,
        );
      }
      if (look.code !== NOT_YET && look.code !== null) {
        throw new Error(`its IPv6 address could not be set up: ${look.stderr.trim()}`);
      }
      return undefined;
    },
  );
}

async function lastWords(container: Docker.Container): Promise<string> {
  const log = await container.logs({ stdout: true, stderr: true, tail: 5 });
  // Without a terminal, each piece has eight bytes in front of it, which are no text.
  const text = log.toString("utf8").replace(/[^\x20-\x7e\n]/g, "");
  return text.trim() === "" ? "nothing" : text.trim();
}
