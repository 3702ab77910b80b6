import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { Swarm, SwarmCluster } from "../../components";
import { deadAgent } from "../../components/ssh/agent";
import { CLUSTER } from "./cluster";
import { quiet, startRecording } from "./mocks";

const directory = mkdtempSync(path.join(tmpdir(), "agent-"));
const at = (name: string) => path.join(directory, name);
afterAll(() => {
  rmSync(directory, { recursive: true });
});
afterEach(() => {
  delete process.env.SSH_AUTH_SOCK;
});

const fault = (socket: string, why: string) => [
  {
    path: "SSH_AUTH_SOCK",
    reason: `names an SSH agent that does not answer (${socket}: ${why}): every connection would fail with it, though none needs an agent. Run \`unset SSH_AUTH_SOCK\`, or start the agent again, and then this`,
  },
];

test.each([undefined, ""])("no agent, %j, is no fault", socket => {
  if (socket !== undefined) process.env.SSH_AUTH_SOCK = socket;
  expect(deadAgent()).toEqual([]);
});

test("an agent that answers is no fault", async () => {
  const agent = createServer().listen(at("live"));
  await once(agent, "listening");
  process.env.SSH_AUTH_SOCK = at("live");
  expect(deadAgent()).toEqual([]);
  agent.close();
});

test("one whose socket is gone is", () => {
  process.env.SSH_AUTH_SOCK = at("gone");
  expect(deadAgent()).toEqual(fault(at("gone"), "ENOENT"));
});

test("one that was killed, whose socket is still there, is", async () => {
  const program = `require("node:net").createServer().listen(process.argv[1], () => console.log("listening"))`;
  const agent = spawn(process.execPath, ["-e", program, at("stale")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(agent.stdout, "data");
  agent.kill("SIGKILL");
  await once(agent, "exit");
  expect(deadAgent(at("stale"))).toEqual(fault(at("stale"), "ECONNREFUSED"));
});

test("what is no socket is", () => {
  writeFileSync(at("file"), "");
  expect(deadAgent(at("file"))).toEqual(fault(at("file"), "ECONNREFUSED"));
});

test("nothing is made where the agent is gone", async () => {
  const world = await startRecording();
  process.env.SSH_AUTH_SOCK = at("nowhere");
  const said = /one fault in the arguments\n {2}- SSH_AUTH_SOCK: names an SSH agent that does not answer/;
  expect(() => new SwarmCluster("demo", CLUSTER)).toThrow(said);
  await quiet();
  expect(world.resources).toEqual([]);
  const lifetime = new pulumi.ComponentResource("test:index:Hosts", "hosts");
  const args = {
    nodes: [
      {
        ...{
          name: "a",
          role: "manager" as const,
          pool: "manager",
          labels: {},
          availability: "active" as const,
        },
        identity: "a",
        host: pulumi.output({ hostname: "a", publicAddress: "192.0.2.1", privateAddress: "10.0.0.1" }),
      },
    ],
    ssh: { user: "root", privateKey: "" },
    controlAddress: "192.0.2.1",
    lifetime,
  };
  expect(() => new Swarm("demo", args)).toThrow(said);
  await quiet();
  expect(world.list()).toEqual(["Hosts hosts"]);
});
