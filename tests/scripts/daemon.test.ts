import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";

const SCRIPT = path.join(__dirname, "../../components/nodes/scripts/daemon.py");
const DEFAULTS = { "log-driver": "json-file", "log-opts": { "max-size": "10m" } };

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "daemon-"))));
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const file = () => path.join(directory, "docker/daemon.json");

/** Merges what is wanted into what is there. */
async function merge(wanted: object, there?: string, defaults: object = DEFAULTS) {
  const wantedFile = path.join(directory, "wanted.json");
  writeFileSync(wantedFile, JSON.stringify({ defaults, wanted }));
  let target = file();
  if (there !== undefined) writeFileSync((target = path.join(directory, "daemon.json")), there);
  const { exitCode, stdout, stderr } = await execa("python3", [SCRIPT, wantedFile, target], {
    reject: false,
  });
  const result = () => JSON.parse(readFileSync(target, "utf8")) as unknown;
  return { exitCode, stdout, stderr, result, target };
}

test("it has no newer syntax than Debian 11's Python, and no long line", async () => {
  const text = readFileSync(SCRIPT, "utf8");
  await execa("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 9))"], {
    input: text,
  });
  expect(text.split("\n").filter(line => line.length > 110)).toEqual([]);
});

test("a host without a file gets one, which root alone can read", async () => {
  const { stdout, result, target } = await merge({ labels: ["a=b"] });
  expect([stdout, result()]).toEqual(["changed", { ...DEFAULTS, labels: ["a=b"] }]);
  expect(statSync(target).mode & 0o777).toBe(0o600);
});

test("what is there as it is to be is not written again", async () => {
  const there = JSON.stringify({ ...DEFAULTS, labels: ["a=b"] });
  const { exitCode, stdout, target } = await merge({ labels: ["a=b"] }, there);
  expect([exitCode, stdout, readFileSync(target, "utf8")]).toEqual([0, "", there]);
});

test("what the image's file has stays, but for what the program wants", async () => {
  const { stdout, result } = await merge(
    { "log-driver": "local", "log-opts": {} },
    '{"log-driver": "journald", "log-opts": {"tag": "x"}, "data-root": "/data"}',
    {},
  );
  expect([stdout, result()]).toEqual([
    "changed",
    { "log-driver": "local", "log-opts": {}, "data-root": "/data" },
  ]);
});

test.each([
  ['{"log-driver": "journald"}', { "log-driver": "journald" }],
  ['{"log-opts": {"max-size": "1g"}}', { "log-opts": { "max-size": "1g" } }],
])("the image's own logs keep the defaults away: %s", async (there, kept) => {
  const { stdout, result } = await merge({}, there);
  expect([stdout, result()]).toEqual(["", kept]);
});

test("an empty file is none", async () => {
  expect((await merge({}, "\n")).result()).toEqual(DEFAULTS);
});

test.each([
  ["{", /daemon\.json, which the image has, is not what an engine takes: /],
  ["[]", /it is no object/],
  ['{"live-restore": true}', /says "live-restore", with which no engine of a swarm starts: take it out/],
])("%s is refused, and left as it is", async (there, reason) => {
  const { exitCode, stdout, stderr, target } = await merge({ labels: [] }, there);
  expect([exitCode, stdout, stderr]).toEqual([1, "", expect.stringMatching(reason) as string]);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(readFileSync(target, "utf8")).toBe(there);
});

test("the program can turn the image's live restore off", async () => {
  const { result } = await merge({ "live-restore": false }, '{"live-restore": true}');
  expect(result()).toEqual({ ...DEFAULTS, "live-restore": false });
});
