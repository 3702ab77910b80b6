import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as path from "node:path";

import { UserProject } from "../project";
import { type Scenario, Skipped } from "../scenario";
import type { OutputNode, World } from "../world";

const skip = { rehearsal: "people's own projects are run by the Pulumi CLI" };

/** "A component that people build on": projects of people's own, outside the repository. */
export const PROJECTS: readonly Scenario[] = [
  {
    name: "the packed package brings up a cluster",
    skip,
    run: world =>
      UserProject.template(world, "my-swarm", project => comesAndGoes(world, project, "my-swarm", [3, 2])),
  },
  ...["yaml", "python"].map((language): Scenario => ({
    name: `a project in ${{ yaml: "YAML", python: "Python" }[language]} adds the component and brings up a cluster`,
    skip,
    run: world =>
      UserProject.example(world, language, project =>
        comesAndGoes(world, project, `swarm-${language}`, [1, 1]),
      ),
  })),
  {
    name: "the component's SDK for Go is made, and compiles",
    skip,
    async run(world) {
      needs("go", "pulumi-language-go");
      const module = {
        "go.mod": "module swarm-go\n\ngo 1.24\n",
        "main.go": "package main\n\nfunc main() {}\n",
      };
      await UserProject.compiled(world, "go", module, ["go mod tidy", "go build ./..."]);
    },
  },
  {
    name: "the component's SDK for C# is made, and compiles",
    skip,
    async run(world) {
      needs("dotnet", "pulumi-language-dotnet");
      const project = '<Project Sdk="Microsoft.NET.Sdk" />\n';
      await UserProject.compiled(world, "dotnet", { "swarm-dotnet.csproj": project }, ["dotnet build"]);
    },
  },
];

/** Skips the scenario where one of these programs is not on PATH. */
function needs(...programs: readonly string[]): void {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const program of programs)
    if (!folders.some(folder => existsSync(path.join(folder, program))))
      throw new Skipped(`there is no ${program} on PATH`);
}

/** Brings the project's cluster up, finds that a further `up` has nothing to do, and removes it. */
async function comesAndGoes(
  world: World,
  project: UserProject,
  name: string,
  [managers, workers]: readonly [managers: number, workers: number],
): Promise<void> {
  const before = await world.lab.leftovers();
  const config = { [`${name}:sshFrom`]: "198.18.0.0/15" };
  const { values, secrets } = await project.up(config);
  const roles = { managers: "manager", workers: "worker" } as const;
  const nodes = (["managers", "workers"] as const).flatMap(key =>
    (values[key] as OutputNode[]).map(node => ({ ...node, role: roles[key] })),
  );
  assert.deepEqual(
    nodes.map(({ role }) => role),
    [...Array<string>(managers).fill("manager"), ...Array<string>(workers).fill("worker")],
  );
  const format = "{{.ID}} {{.Description.Hostname}} {{.Spec.Role}} {{.Status.State}}";
  const { code, stdout, stderr } = await world.lab.exec(nodes[0]?.hostname ?? "", [
    "sh",
    "-c",
    `docker node inspect --format '${format}' $(docker node ls --quiet)`,
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    stdout.trim().split("\n").sort(),
    nodes.map(({ nodeId, hostname, role }) => `${nodeId} ${hostname} ${role} ready`).sort(),
  );
  assert.deepEqual(secrets, ["sshPrivateKey"]);
  assert.match(values.sshPrivateKey as string, /^-----BEGIN OPENSSH PRIVATE KEY-----\n/);

  const { changes } = await project.up(config);
  assert.deepEqual(Object.keys(changes), ["same"]);
  await project.destroy();
  assert.deepEqual(await world.lab.leftovers(), before);
}
