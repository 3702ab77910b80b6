import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import * as path from "node:path";

import { command, script, type ScriptName } from "../../components/swarm/script";
import { makeCluster } from "./cluster";

const NAMES: ScriptName[] = [
  "bootstrap",
  "token",
  "rotate-token",
  "rotate-ca",
  "unlock-key",
  "join",
  "members",
  "settle",
  "leave",
  "docker-api",
];

test("every script beside the sender is a membership script, or what they share", () => {
  const files = readdirSync(path.join(__dirname, "../../components/swarm/scripts")).filter(file =>
    file.endsWith(".sh"),
  );
  expect(files.sort()).toEqual(
    [
      ...NAMES,
      "lib",
      "host",
      "manager",
      "labels",
      "failed-joins",
      "removal",
      "predecessors",
      "quorum",
      "pool-overlap",
      "api-server",
      "newcomers",
      "port-responder",
      "host-firewall",
    ]
      .map(name => `${name}.sh`)
      .sort(),
  );
});

describe.each(NAMES)("%s", name => {
  const text = script(name, "web-0", { NUMBER: 7, TEXT: `it's $HOME "x" \`y\`` });

  test("is valid bash", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("starts with its variables, ends by running itself with nothing to read, and in a line's end", () => {
    expect(text).toMatch(/^NODE='web-0'\nNUMBER='7'\nTEXT='it'\\''s \$HOME "x" `y`'\nset -euo pipefail\n/);
    expect(text).toMatch(/\nmain "\$@" <\/dev\/null\n$/);
  });

  test("leaves its comments behind", () => {
    expect(text.split("\n").filter(line => /^\s*#/.test(line))).toEqual([]);
  });

  test("is run by a command line that says what it is, and ends it in time", () => {
    expect(command(name, "web-0", 90)).toBe(`timeout 90 bash --norc -s ${name} web-0`);
  });
});

test("no command line holds a secret or an address: they are shown when a Command fails", async () => {
  const world = await makeCluster({
    firewall: { sshFrom: ["192.0.2.7/32"], dockerApiFrom: ["192.0.2.0/24"] },
    swarm: {
      workerTokenRotation: 1,
      managerTokenRotation: 1,
      caRotation: 1,
      autolock: true,
      unlockKeyRotation: 1,
    },
  });
  const ran = new Set<string>();
  for (const { name, inputs } of world.commands()) {
    const lines = [inputs.create, inputs.update, inputs.delete].filter(line => line !== undefined);
    expect([name, lines.length]).toEqual([name, name.includes("rotat") ? 2 : 1]);
    for (const line of lines) {
      expect([name, line]).toEqual([
        name,
        expect.stringMatching(/^timeout \d+ bash --norc -s [a-z-]+ [a-z0-9-]+$/),
      ]);
      ran.add((line as string).split(" ")[5] ?? "");
    }
  }
  expect([...ran].sort()).toEqual([...NAMES].sort());
});

test("everything that is sent is valid bash and ends with a line's end", async () => {
  const world = await makeCluster({
    swarm: { workerTokenRotation: 1 },
    workers: { web: { count: 2, labels: { quote: "it's", money: "$5", nothing: "" } } },
  });
  for (const { name, inputs } of world.commands()) {
    const { status } = spawnSync("bash", ["-n"], { input: String(inputs.stdin) });
    expect([name, status, String(inputs.stdin).endsWith("\n")]).toEqual([name, 0, true]);
  }
});

test("each Command outlives the waits of its script", async () => {
  const world = await makeCluster({ timeouts: { boot: 100, join: 50, drain: 10 } });
  const seconds = (name: string) => {
    const { create, update, delete: remove } = world.get(name).inputs;
    return Number(/^timeout (\d+)/.exec(String(create ?? update ?? remove))?.[1]);
  };
  // Its swarm, a leader, and a leader again after --force-new-cluster.
  expect(seconds("demo-bootstrap")).toBeGreaterThan(100 + 3 * 60);
  // Its swarm, and the last try.
  expect(seconds("demo-web-0-join")).toBeGreaterThan(100 + 60 + 50 + 60);
  // The control host joins; its swarm and leader, and the list.
  expect(seconds("demo-members")).toBeGreaterThan(50 + 60 + 60);
  // The quorum, the engine, its swarm, and the nodes.
  expect(seconds("demo-manager-0-docker-api")).toBeGreaterThan(60 + 60 + 120 + 60);
  // Drain, the lock, demote.
  expect(seconds("demo-web-0-leave")).toBeGreaterThan(10 + 900 + 120);
});
