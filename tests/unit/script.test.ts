import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { bundle } from "../../components/swarm/bundle";
import { command, type Inputs, script, type ScriptName } from "../../components/swarm/script";
import { makeCluster } from "./cluster";
import { isShell } from "./sent";

const SCRIPTS = path.join(__dirname, "../../components/swarm/scripts");
const TEXT = `it's $HOME "x" \`y\` \\ \n\u2028ü`;
/** What each is sent; the compiler sees to it that nothing is missing. */
const INPUTS: Inputs = {
  bootstrap: {
    ADVERTISE: "a",
    LISTEN: "b",
    DATA_PATH: TEXT,
    DATA_PATH_PORT: 4789,
    POOLS: "",
    POOL_SIZE: 24,
    BOOT_SECONDS: 1,
    GENERATION: 0,
    OTHERS: "",
    REPORT: "",
  },
  "report-swarm": {
    HOST: TEXT,
    ADVERTISE: "a",
    WORKER_ROTATION: 0,
    MANAGER_ROTATION: 0,
    CA_ROTATION: 0,
    UNLOCK_ROTATION: 0,
  },
  "read-token": { CLUSTER: "c", ROLE: "worker" },
  "rotate-token": { CLUSTER: "c", ROLE: "worker", ROTATION: 1, CA_ROTATION: 0 },
  "rotate-ca": { CLUSTER: "c", ROTATION: 1, ROTATE_SECONDS: 600 },
  "unlock-key": { CLUSTER: "c", ROTATION: 1 },
  join: {
    CLUSTER: "c",
    KIND: "manager",
    JOINS: TEXT,
    LISTEN: "b",
    DATA_PATH_PORT: 4789,
    BOOT_SECONDS: 1,
    JOIN_SECONDS: 1,
    GENERATION: 0,
    RECONCILE: "",
    KNOWN: "",
    CA: "x",
    CERTIFICATE: "y",
    KEY: "z",
  },
  members: { CLUSTER: "c", ASKED: TEXT, JOIN_SECONDS: 1 },
  "reconcile-pool": {
    CLUSTER: "c",
    ROLE: "manager",
    READY_SECONDS: 60,
    LISTEN_PORT: 2377,
    DATA_PATH_PORT: 4789,
    RECONCILE: TEXT,
    ROSTER: "[]",
    CERT_HOURS: 1,
    AUTOLOCK: "true",
    EXTERNAL_CAS: "",
  },
  leave: { CLUSTER: "c", GENERATION: 0, NODE_ID: TEXT, DRAIN_SECONDS: 1 },
  "docker-api": { WANTED: "on", UNLOCK_KEY: TEXT, CA: "x", CERTIFICATE: "y", KEY: "z" },
};
const NAMES = Object.keys(INPUTS) as ScriptName[];
const files = readdirSync(SCRIPTS).filter(file => /\.(sh|py)$/.test(file));
const fileOf = (name: ScriptName) => files.find(file => path.parse(file).name === name) ?? "";
const isPython = (name: ScriptName) => fileOf(name).endsWith(".py");
/** What the language's own program says of a text that is not valid. */
function faults(text: string): string {
  const [program, args]: [string, string[]] = isShell(text)
    ? ["bash", ["-n"]]
    : ["python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"]];
  return spawnSync(program, args, { input: text, encoding: "utf8" }).stderr;
}
const read = (file: string) => readFileSync(path.join(SCRIPTS, file), "utf8");

test("every file beside the sender is a script, and every other is a part of one", () => {
  expect(files.map(file => path.parse(file).name).sort()).toEqual([...NAMES].sort());
  const parts = readdirSync(path.join(SCRIPTS, "shared")).filter(file => /\.(sh|py)$/.test(file));
  const all = files.map(file => bundle(file)).join("") + bundle("shared/api-server.sh");
  const defined = (part: string) => /^(?:def )?(\w+)\(.*\).*[:{]/m.exec(read(`shared/${part}`))?.[1];
  for (const part of parts) expect([part, all.includes(`${defined(part) ?? "?"}(`)]).toEqual([part, true]);
});

describe.each(NAMES)("%s", name => {
  const text = script(name, "web-0", INPUTS[name]);

  test("is valid where it runs, and ends in a line's end", () => {
    expect(faults(text)).toBe("");
    expect(text).toMatch(/\n$/);
  });

  test("is sent what it says that it takes, and nothing else", () => {
    const given = Object.keys(INPUTS[name]);
    if (isPython(name)) {
      const [, signature = ""] = /^def main\(([^)]*)\)/m.exec(read(fileOf(name))) ?? [];
      const taken = [...signature.matchAll(/(\w+): /g)].map(([, word = ""]) => word.toUpperCase());
      expect(["NODE", ...given].sort()).toEqual(taken.sort());
    } else {
      for (const word of given)
        expect([word, new RegExp(`\\b${word}\\b`).test(bundleOf(name))]).toEqual([word, true]);
    }
  });

  test("gets any text as it is", () => {
    const words = Object.keys(INPUTS[name]).map(word => `"$${word}"`);
    const [start] = text.split("set -euo pipefail");
    const shown = isPython(name)
      ? text.replace("\nrun(main, ", "\nimport json\n(lambda **given: print(json.dumps(given)))(")
      : `${start ?? ""}printf '%s\\n' "$NODE" ${words.join(" ")}`;
    const program = isPython(name) ? "python3" : "bash";
    const { stdout } = spawnSync(program, ["-"], { input: shown, encoding: "utf8" });
    const values = ["web-0", ...Object.values<string | number>({ ...INPUTS[name] })];
    if (isPython(name)) expect(Object.values(JSON.parse(stdout) as object)).toEqual(values);
    else expect(stdout).toBe(values.map(value => `${value}\n`).join(""));
  });

  test("leaves its comments behind", () => {
    expect(text.split("\n").filter(line => /^\s*#/.test(line))).toEqual([]);
  });

  test("is run by a command line that says what it is, quotes its words, and ends it in time", () => {
    const interpreter = isPython(name) ? "python3 -I -S -" : "bash --norc -s";
    expect(command(name, "web-0", 90)).toBe(`timeout 90 ${interpreter} '${name}' 'web-0'`);
    expect(command(name, "a;reboot", 90)).toBe(`timeout 90 ${interpreter} '${name}' 'a;reboot'`);
  });
});

/** All that a shell script is sent, without its variables. */
function bundleOf(name: ScriptName): string {
  return bundle("shared/api-server.sh", fileOf(name));
}

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
        expect.stringMatching(/^timeout \d+ (bash --norc -s|python3 -I -S -) '[a-z-]+' '[a-z0-9-]+'$/),
      ]);
      ran.add((line as string).split("'")[1] ?? "");
    }
  }
  // What bootstrap reports it runs itself.
  expect([...ran, "report-swarm"].sort()).toEqual([...NAMES].sort());
});

test("everything that is sent is valid and ends with a line's end", async () => {
  const world = await makeCluster({
    swarm: { workerTokenRotation: 1 },
    workers: { web: { count: 2, labels: { quote: "it's", money: "$5", nothing: "" } } },
  });
  for (const { name, inputs } of world.commands()) {
    const text = String(inputs.stdin);
    expect([name, faults(text), text.endsWith("\n")]).toEqual([name, "", true]);
  }
});

test("each Command outlives the waits of its script", async () => {
  const world = await makeCluster({ timeouts: { boot: 100, join: 50, drain: 10 } });
  const seconds = (name: string) => {
    const { create, update, delete: remove } = world.get(name).inputs;
    return Number(/^timeout (\d+)/.exec(String(create ?? update ?? remove))?.[1]);
  };
  // Its swarm, a leader, a leader again after --force-new-cluster, and its report.
  expect(seconds("demo-bootstrap")).toBeGreaterThan(100 + 4 * 60);
  // Its swarm, and the last try.
  expect(seconds("demo-web-0-join")).toBeGreaterThan(100 + 60 + 50 + 60);
  // The control host joins; its swarm and leader, and the list.
  expect(seconds("demo-members")).toBeGreaterThan(50 + 60 + 60);
  // The quorum, the engine, its swarm, and the nodes.
  expect(seconds("demo-manager-0-docker-api")).toBeGreaterThan(60 + 60 + 120 + 60);
  // Drain, the lock, demote.
  expect(seconds("demo-web-0-leave")).toBeGreaterThan(2 * 10 + 3600 + 120);
});
