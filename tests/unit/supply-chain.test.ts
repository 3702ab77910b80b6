import { readFileSync } from "node:fs";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<Record<string, { integrity?: string; hasInstallScript?: boolean }>>;
}
const manifest = JSON.parse(read("package.json")) as Manifest;
const locked = Object.entries((JSON.parse(read("package-lock.json")) as Lock).packages).filter(([at]) => at);

test("versions are exact", () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("every package of the lockfile has a checksum", () => {
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(([, one]) => !one.integrity).map(([at]) => at)).toEqual([]);
});

test("no package runs a script when it is installed, and those that would are known", () => {
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  const scripted = locked
    .filter(([, one]) => one.hasInstallScript)
    .map(([at]) => at.split("node_modules/").at(-1));
  expect([...new Set(scripted)].sort()).toEqual([
    "@parcel/watcher",
    "@pulumi/command",
    "cpu-features",
    "protobufjs",
    "ssh2",
    "unrs-resolver",
  ]);
});
