import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import * as path from "node:path";

import { bundle } from "../../components/swarm/bundle";

const SCRIPTS = path.join(__dirname, "../../components/swarm/scripts");

/** Runs both ends of the check for real, on loopback: a raw socket takes root. */
function check(word: string, port: string, firewall = ""): { status: number | null; stdout: string } {
  const ask = `
from shared.newcomers import answers_udp
from shared.progress import wait_until
found = wait_until("web-0", 5, "an answer", lambda: answers_udp("127.0.0.1", ${port}, "digitalocean-swarm ${word}?"))
print("open" if found else "closed")`;
  const text = `
    NODE=web-0 CLUSTER=the-cluster DATA_PATH_PORT=${port}
    ${bundle("shared/lib.sh", "shared/port-responder.sh")}
    answer_port_checks
    responder=$!
    trap 'kill "$responder"' EXIT
    ${firewall}
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=${SCRIPTS} python3 -c '${ask}' 2>/dev/null`;
  const { status, stdout } = spawnSync("bash", ["-c", text], { encoding: "utf8", timeout: 30_000 });
  return { status, stdout };
}

const asRoot = process.getuid?.() === 0 ? test : test.skip;

describe("a UDP port of a new node", () => {
  asRoot("is open where the host answers, whoever has the port", async () => {
    const taken = createSocket("udp4");
    await new Promise<void>(resolve => taken.bind(0, "127.0.0.1", resolve));
    expect(check("the-cluster", String(taken.address().port))).toEqual({ status: 0, stdout: "open\n" });
    const { port } = taken.address();
    await new Promise<void>(resolve => taken.close(() => resolve()));
    // Nobody has it now.
    expect(check("the-cluster", String(port))).toEqual({ status: 0, stdout: "open\n" });
  });

  asRoot("answers to its own cluster alone", () => {
    expect(check("another-cluster", "47890").stdout).toBe("closed\n");
  });

  asRoot("is closed where nobody answers", () => {
    expect(check("the-cluster", "47890", 'kill "$responder"').stdout).toBe("closed\n");
  });
});
