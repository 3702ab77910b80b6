import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import execa from "execa";

import { install, pack } from "../package/consumer";
import type { World } from "./world";

const ROOT = path.resolve(__dirname, "../..");

/** A user's own Pulumi project on the lab, in a folder outside the repository. Only with the Pulumi CLI. */
export class UserProject {
  private constructor(
    private readonly world: World,
    private readonly dir: string,
    /** Directory of the state. */
    private readonly backend: string = path.dirname(dir),
  ) {}

  /** Does something with a project of `examples/`, to which the component is added as to one that is not in Node.js. */
  public static async example(
    world: World,
    name: string,
    act: (project: UserProject) => Promise<void>,
  ): Promise<void> {
    await UserProject.within(world, name, act, async ({ dir, pulumi }) => {
      const from = path.join(ROOT, "examples", name);
      // What somebody has left there who tried it stays there.
      const filter = (file: string) => !["sdks", "venv"].includes(path.basename(file));
      await cp(from, dir, { recursive: true, filter });
      await pulumi("package", "add", ROOT);
    });
  }

  /**
   * Adds the component to an empty project in a language that is compiled, and compiles what was made for it.
   * @param files - What the project is, by names.
   * @param commands - What compiles it, in the folder of what was made.
   */
  public static async compiled(
    world: World,
    language: string,
    files: Readonly<Record<string, string>>,
    commands: readonly string[],
  ): Promise<void> {
    await UserProject.within(
      world,
      language,
      async ({ dir }) => {
        const cwd = path.join(dir, "sdks/digitalocean-swarm");
        for (const command of commands) await execa.command(command, { cwd, stdin: "ignore" });
      },
      async ({ dir, pulumi }) => {
        for (const [name, text] of Object.entries({
          "Pulumi.yaml": `name: swarm-${language}\nruntime: ${language}\n`,
          ...files,
        }))
          await writeFile(path.join(dir, name), text);
        await pulumi("package", "add", ROOT);
      },
    );
  }

  /** Does something with what `pulumi new` makes of the template, with the package as it is in the repository now. */
  public static async template(
    world: World,
    name: string,
    act: (project: UserProject) => Promise<void>,
  ): Promise<void> {
    await UserProject.within(world, name, act, async ({ dir, pulumi }) => {
      await pulumi("new", path.join(ROOT, "template"), "--generate-only", "--yes", "--name", name);
      await installPackage(dir);
    });
  }

  /** Does something with the project of `examples/` that uses a cluster's stack, in the same backend as the world's. */
  public static async consumer(
    world: World,
    name: string,
    act: (project: UserProject) => Promise<void>,
  ): Promise<void> {
    const make = async ({ dir }: UserProject) => {
      await cp(path.join(ROOT, "examples", name), dir, { recursive: true });
      await installPackage(dir);
    };
    await UserProject.within(world, name, act, make, path.join(world.dir, "state"));
  }

  private static async within(
    world: World,
    name: string,
    act: (project: UserProject) => Promise<void>,
    make: (project: UserProject) => Promise<void>,
    backend?: string,
  ): Promise<void> {
    const outside = await mkdtemp(path.join(tmpdir(), "user-"));
    const project = new UserProject(world, path.join(outside, name), backend);
    try {
      await mkdir(project.dir);
      await make(project);
      await act(project);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  }

  private readonly pulumi = async (...args: readonly string[]): Promise<void> => {
    const { all = "" } = await execa("pulumi", [...args, "--color", "never"], {
      cwd: this.dir,
      env: this.environment,
      all: true,
      stdin: "ignore",
    });
    this.world.report(all);
  };

  /**
   * Runs `up` with the lab's endpoint, and these keys of the program.
   * @returns the stack's outputs, secret ones in clear text, and the names of those.
   */
  public async up(config: Readonly<Record<string, string>>): Promise<UserOutputs> {
    const stack = await this.stack();
    const endpoint = this.world.lab.endpoint;
    await stack.setAllConfig({
      "digitalocean:apiEndpoint": { value: endpoint },
      "digitalocean:token": { value: this.world.lab.token, secret: true },
    });
    for (const [key, value] of Object.entries(config)) await stack.setConfig(key, { value });
    const { outputs, summary } = await stack.up({ onOutput: this.world.report, color: "never" });
    return {
      values: Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value as unknown])),
      secrets: Object.keys(outputs).filter(key => outputs[key]?.secret),
      changes: summary.resourceChanges ?? {},
    };
  }

  public async destroy(): Promise<void> {
    await (await this.stack()).destroy({ onOutput: this.world.report, color: "never" });
  }

  private stack(): Promise<Stack> {
    return LocalWorkspace.createOrSelectStack(
      { stackName: "lab", workDir: this.dir },
      { envVars: this.environment },
    );
  }

  private get environment(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "lab",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A dead agent's socket would be an error, and none is needed.
      SSH_AUTH_SOCK: "",
    };
  }
}

/** Installs what a project needs, with the package as it is in the repository now. */
async function installPackage(dir: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(dir, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  delete manifest.dependencies["digitalocean-swarm"];
  await install(await pack(path.dirname(dir)), dir, manifest);
}

/** What an `up` of a user's project came to. */
export interface UserOutputs {
  readonly values: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  /** How many resources were created, updated and so on, by Pulumi's words for it. */
  readonly changes: Readonly<Partial<Record<string, number>>>;
}
