import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { ensureEngine, findEngine } from "../../lab/engine/engine";
import { enginePaths, labDirectory } from "../../lab/engine/paths";
import { labDown } from "../../lab/lab";
import { ensureSettings } from "../../lab/settings";

jest.mock("../../lab/engine/engine");
jest.mock("../../lab/engine/kernel");

let home: string;
const before = process.env.SWARM_LAB_HOME;
beforeEach(() => {
  home = process.env.SWARM_LAB_HOME = mkdtempSync(path.join(tmpdir(), "lab-home-"));
  jest.resetAllMocks();
});
afterEach(() => rmSync(home, { recursive: true }));
afterAll(() => {
  if (before === undefined) delete process.env.SWARM_LAB_HOME;
  else process.env.SWARM_LAB_HOME = before;
});

/** An engine that has one network of any lab, and says what is removed. */
function engine() {
  const removed: string[] = [];
  const docker = {
    listContainers: () => Promise.resolve([]),
    listNetworks: () => Promise.resolve([{ Id: "network-1" }]),
    getNetwork: (id: string) => ({ remove: () => Promise.resolve(void removed.push(id)) }),
    listVolumes: () => Promise.resolve({ Volumes: [] }),
  };
  return { removed, engine: { docker, socket: "", ours: true } as never };
}

test("a lab whose engine was killed goes from the engine's data, too", async () => {
  await ensureSettings({ name: "mine" });
  mkdirSync(enginePaths().dataRoot, { recursive: true });
  const started = engine();
  jest.mocked(ensureEngine).mockResolvedValue(started.engine);
  await labDown({ name: "mine" }, () => undefined);
  expect(started.removed).toEqual(["network-1"]);
  expect(existsSync(labDirectory("mine"))).toBe(false);
});

test.each([
  ["there is no such lab", () => mkdirSync(enginePaths().dataRoot, { recursive: true })],
  ["there are no data of an engine", () => ensureSettings({ name: "mine" })],
])("no engine is started when %s", async (_, prepare) => {
  await prepare();
  await labDown({ name: "mine" }, () => undefined);
  expect(findEngine).toHaveBeenCalled();
  expect(ensureEngine).not.toHaveBeenCalled();
});
