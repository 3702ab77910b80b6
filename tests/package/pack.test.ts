import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";
import { parse } from "yaml";

import { version } from "../../package.json";
import { makeCluster } from "../unit/cluster";
import { DROPLET } from "../unit/mocks";
import { unwrap } from "../unit/unwrap";
import { install, pack, type Packed, runGraph } from "./consumer";
import { PROJECTS } from "./programs";
import type { Asked } from "./run-graph";
import { faultsInTypes } from "./types";

interface Template {
  readonly template: { readonly config: Readonly<Record<string, unknown>> };
}

let dir = "";
let packed: Packed;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "consumer-"));
  packed = await pack(dir);
  await install(packed, dir, { name: "consumer", private: true });
}, 300_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the package", () => {
  test("is small", () => {
    expect(packed.size).toBeLessThan(300 * 1024);
  });

  test("holds the compiled component, its sources, what runs on nodes, and what it is; nothing else", () => {
    const allowed = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|plugin\.ts)$/,
      /^dist\/([\w-]+\/)*[\w-]+\.(js|d\.ts|d\.ts\.map)$/,
      /^dist\/([\w-]+\/)*scripts\/([\w-]+\/)*[\w-]+\.(sh|py)$/,
      /^components\/([\w-]+\/)*[\w-]+\.ts$/,
    ];
    expect(packed.files.filter(file => !allowed.some(pattern => pattern.test(file)))).toEqual([]);
    expect(packed.files).toEqual(expect.arrayContaining(["README.md", "LICENSE", "CHANGELOG.md"]));
  });

  test("has everything that is in components/, and each declaration leads to its source", () => {
    const sources = packed.files.filter(file => file.startsWith("components/"));
    expect(sources.length).toBeGreaterThan(20);
    for (const source of sources) {
      const stem = source.replace(/^components\/(.*)\.ts$/, "dist/$1");
      for (const file of [`${stem}.js`, `${stem}.d.ts`, `${stem}.d.ts.map`])
        expect(packed.files).toContain(file);
      const map = path.join(dir, "node_modules/digitalocean-swarm", `${stem}.d.ts.map`);
      const { sources: named } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
      expect(named.map(name => path.join(path.dirname(map), name))).toEqual([
        path.join(dir, "node_modules/digitalocean-swarm", source),
      ]);
    }
  });

  test("brings one copy of Pulumi's SDK", async () => {
    const { stdout } = await execa("npm", ["ls", "@pulumi/pulumi", "--parseable", "--all"], { cwd: dir });
    const copies = stdout.split("\n").filter(at => at.endsWith("/@pulumi/pulumi"));
    expect([...new Set(copies)]).toEqual([path.join(dir, "node_modules/@pulumi/pulumi")]);
  });
});

const sorted = (resources: readonly Asked[]) =>
  [...resources].sort((one, other) => (`${one.type} ${one.name}` < `${other.type} ${other.name}` ? -1 : 1));

describe.each(Object.entries(PROJECTS))("a program in %s", (title, project) => {
  test("makes what the component makes here", async () => {
    const place = path.join(dir, title.replace(/\W+/g, "-"));
    await mkdir(place);
    await writeFile(path.join(place, "package.json"), JSON.stringify({ type: project.type }));
    await writeFile(path.join(place, project.file), project.program);
    if (project.compiler) {
      const declarations = packed.files.filter(file => file.endsWith(".d.ts"));
      const file = path.join(place, project.file);
      const installed = path.join(dir, "node_modules/digitalocean-swarm");
      expect(faultsInTypes(file, installed, declarations, project.compiler)).toEqual([]);
    }

    const { resources, outputs } = await runGraph(dir, path.join(place, "index.js"));
    const here = await makeCluster();
    const asked = here.resources.map(({ type, name, inputs }) => ({
      type,
      name,
      inputs: unwrap(inputs, "", []),
    }));
    expect(sorted(resources)).toEqual(JSON.parse(JSON.stringify(sorted(asked))));
    expect(outputs).toEqual({
      clusterId: "cluster0000000000000000000",
      nodeIds: [0, 1, 2].map(() => expect.stringMatching(/^id-of-/) as string),
    });
  });
});

describe("the template", () => {
  const template = path.join(__dirname, "../../template");
  const named = { PROJECT: "my-swarm", DESCRIPTION: "My own swarm" };
  const filledIn = (text: string) =>
    Object.entries(named).reduce((result, [key, value]) => result.replaceAll(`\${${key}}`, value), text);

  test("becomes a project that works with the package", async () => {
    const place = path.join(dir, "my-swarm");
    const read = async (file: string) => filledIn(await readFile(path.join(template, file), "utf8"));
    const manifest = JSON.parse(await read("package.json")) as { dependencies: Record<string, string> };
    expect(manifest.dependencies).toHaveProperty("digitalocean-swarm", `^${version}`);
    delete manifest.dependencies["digitalocean-swarm"];
    await install(packed, place, manifest);
    for (const file of ["Pulumi.yaml", "index.ts", "tsconfig.json"])
      await writeFile(path.join(place, file), await read(file));

    await execa("npx", ["tsc", "--noEmit", "false"], { cwd: place });
    const keys = Object.keys((parse(await read("Pulumi.yaml")) as Template).template.config);
    expect(keys).toEqual(["digitalocean:token", "sshFrom", "region"]);
    const { resources, outputs } = await runGraph(place, path.join(place, "index.js"), {
      "consumer:sshFrom": "192.0.2.7/32",
      "consumer:region": "nyc3",
    });
    const droplets = resources.filter(({ type }) => type === DROPLET);
    expect(droplets.map(({ inputs }) => (inputs as { region: string }).region)).toEqual(
      Array(5).fill("nyc3"),
    );
    expect(outputs).toMatchObject({ controlEndpoint: "198.51.100.1", dockerHost: "ssh://root@198.51.100.1" });
  });

  const cli = spawnSync("pulumi", ["version"]).status === 0;
  (cli ? test : test.skip)("is taken by `pulumi new`", async () => {
    const place = path.join(dir, "new");
    const options = ["--name", named.PROJECT, "--description", named.DESCRIPTION, "--dir", place];
    await execa("pulumi", ["new", template, "--generate-only", "--yes", ...options], {
      env: { PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_BACKEND_URL: `file://${dir}` },
    });
    const text = await readFile(path.join(place, "Pulumi.yaml"), "utf8");
    expect(text).toMatch(/^name: my-swarm\ndescription: My own swarm\n/);
    for (const file of ["index.ts", "package.json", "tsconfig.json", "README.md"])
      expect([file, await readFile(path.join(place, file), "utf8")]).toEqual([
        file,
        filledIn(await readFile(path.join(template, file), "utf8")),
      ]);
  });
});
