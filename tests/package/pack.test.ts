import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import execa from "execa";
import ts from "typescript";

import { makeCluster } from "../unit/cluster";
import { unwrap } from "../unit/unwrap";
import { install, pack, type Packed } from "./consumer";
import type { Asked, Graph } from "./run-graph";

const CLUSTER = `{
  region: "fra1",
  managers: { count: 3 },
  workers: { web: { count: 2, labels: { tier: "web" } } },
  firewall: { sshFrom: ["192.0.2.7/32"] },
}`;
const TYPED = `
import * as pulumi from "@pulumi/pulumi";
import { InvalidArgsError, Swarm, SwarmCluster, type SwarmArgs, type SwarmClusterArgs } from "digitalocean-swarm";

const args: SwarmClusterArgs = ${CLUSTER};
const cluster = new SwarmCluster("demo", args);
export const clusterId: pulumi.Output<string> = cluster.clusterId;
export const nodeIds: pulumi.Output<string[]> = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
export const swarmOf = (swarm: SwarmArgs): pulumi.Output<string> => new Swarm("rack", swarm).clusterId;
export const faultsOf = (error: InvalidArgsError): string => error.faults.map(({ path }) => path).join();
// @ts-expect-error A count is a number: the types of the package are no \`any\`.
export const wrong: SwarmClusterArgs = { ...args, managers: { count: "three" } };
`;

interface Project {
  readonly type: "commonjs" | "module";
  readonly file: string;
  readonly program: string;
  /** Of what a `tsconfig.json` says; none for JavaScript. */
  readonly compiler?: ts.CompilerOptions;
}

const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;
/** What people write their programs in. */
const PROJECTS: Readonly<Record<string, Project>> = {
  "JavaScript, CommonJS": {
    type: "commonjs",
    file: "index.js",
    program: `
const { SwarmCluster } = require("digitalocean-swarm");
const cluster = new SwarmCluster("demo", ${CLUSTER});
exports.clusterId = cluster.clusterId;
exports.nodeIds = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
`,
  },
  "JavaScript, ES module": {
    type: "module",
    file: "index.js",
    program: `
import { InvalidArgsError, Swarm, SwarmCluster } from "digitalocean-swarm";
if (!(Swarm && InvalidArgsError)) throw new Error("an export is missing");
const cluster = new SwarmCluster("demo", ${CLUSTER});
export const clusterId = cluster.clusterId;
export const nodeIds = cluster.managers.apply(nodes => nodes.map(({ nodeId }) => nodeId));
`,
  },
  "TypeScript, CommonJS": {
    type: "commonjs",
    file: "index.ts",
    program: TYPED,
    compiler: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  },
  "TypeScript, CommonJS as in Pulumi's templates": {
    type: "commonjs",
    file: "index.ts",
    program: TYPED,
    // Named `node` in the template; it does not know `exports`.
    compiler: {
      module: ModuleKind.CommonJS,
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- People's projects have it.
      moduleResolution: ModuleResolutionKind.Node10,
      ignoreDeprecations: "6.0",
    },
  },
  "TypeScript, ES module": {
    type: "module",
    file: "index.ts",
    program: TYPED,
    compiler: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  },
};

let dir = "";
let packed: Packed;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "consumer-"));
  packed = await pack(dir);
  await install(packed, dir, { name: "consumer", private: true });
  for (const file of ["package/run-graph", "unit/mock-cloud", "unit/unwrap"]) {
    const source = await readFile(path.join(__dirname, "..", `${file}.ts`), "utf8");
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ModuleKind.Node16, target: ScriptTarget.ES2022 },
    });
    await mkdir(path.join(dir, path.dirname(file)), { recursive: true });
    await writeFile(path.join(dir, `${file}.js`), outputText);
  }
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

/** The types of the package itself and of its user's program; what the SDKs declare is theirs. */
function faultsInTypes(project: string, { file, compiler }: Project): string[] {
  const own = path.join(dir, "node_modules/digitalocean-swarm/dist");
  const declarations = packed.files
    .filter(name => name.endsWith(".d.ts"))
    .map(name => path.join(own, "..", name));
  const program = ts.createProgram([path.join(project, file), ...declarations], {
    ...compiler,
    target: ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: false,
    types: [],
  });
  const looked = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(`${own}/`) || fileName.startsWith(`${project}/`));
  expect(looked).toHaveLength(declarations.length + 1);
  const faults = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...looked.flatMap(source => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]),
  ];
  program.emit(program.getSourceFile(path.join(project, file)));
  return faults.map(fault => ts.flattenDiagnosticMessageText(fault.messageText, "\n"));
}

const sorted = (resources: readonly Asked[]) =>
  [...resources].sort((one, other) => (`${one.type} ${one.name}` < `${other.type} ${other.name}` ? -1 : 1));

describe.each(Object.entries(PROJECTS))("a program in %s", (title, project) => {
  test("makes what the component makes here", async () => {
    const place = path.join(dir, title.replace(/\W+/g, "-"));
    await mkdir(place);
    await writeFile(path.join(place, "package.json"), JSON.stringify({ type: project.type }));
    await writeFile(path.join(place, project.file), project.program);
    if (project.compiler) expect(faultsInTypes(place, project)).toEqual([]);

    const { stdout } = await execa("node", ["package/run-graph.js", path.join(place, "index.js")], {
      cwd: dir,
    });
    const { resources, outputs } = JSON.parse(stdout) as Graph;
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
