import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import * as path from "node:path";

const read = (name: string) =>
  readFileSync(path.join(__dirname, "../../components/swarm/scripts", `${name}.sh`), "utf8");

/** Runs both ends of the check for real, on loopback: a raw socket takes root. */
function check(word: string, ports: string, firewall = ""): { status: number | null; stdout: string } {
  const text = `
    NODE=web-0 CLUSTER=the-cluster DATA_PATH_PORT=${ports}
    ${read("lib")}
    ${read("port-responder")}
    ${read("newcomers")}
    answer_port_checks
    responder=$!
    trap 'kill "$responder"' EXIT
    CLUSTER=${word}
    ${firewall}
    wait_until 5 "an answer" answers_udp 127.0.0.1 ${ports} 2>/dev/null && echo open || echo closed`;
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
