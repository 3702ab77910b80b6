import { readFileSync } from "node:fs";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { version?: string; integrity?: string; hasInstallScript?: boolean }>
  >;
}
const manifest = JSON.parse(read("package.json")) as Manifest;
const { packages } = JSON.parse(read("package-lock.json")) as Lock;
const locked = Object.entries(packages).filter(([at]) => at);

const EXACT = /^\d+\.\d+\.\d+$/;

test("versions are exact where nobody else installs them", () => {
  const all = { ...manifest.devDependencies, ...manifest.overrides };
  expect(Object.entries(all).filter(([, version]) => !EXACT.test(version))).toEqual([]);
});

test("the package lets its users choose newer versions, from the one that is tested here on", () => {
  const { dependencies, peerDependencies } = manifest;
  for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    const tested = packages[`node_modules/${name}`]?.version ?? "";
    expect([name, [`^${tested}`, `~${tested}`]]).toEqual([name, expect.arrayContaining([range])]);
  }
  // 4.5.0 is an old release under a wrong number.
  expect(dependencies["@pulumi/command"]).toMatch(/^~1\./);
  // Two copies of these in one program do not know each other's resources.
  expect(Object.keys(peerDependencies).sort()).toEqual(["@pulumi/digitalocean", "@pulumi/pulumi"]);
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
