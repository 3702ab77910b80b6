import * as pulumi from "@pulumi/pulumi";

interface Made {
  readonly type: string;
  readonly inputs: Record<string, unknown>;
}

/** Runs examples/app under mocks, with the outputs of a cluster's stack. */
async function runExample(config: Record<string, string>, outputs: Record<string, unknown>): Promise<Made[]> {
  const made: Made[] = [];
  pulumi.runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`swarm-app:${key}`, value])),
  );
  await pulumi.runtime.setMocks(
    {
      call: ({ token }) => {
        throw new Error(`no call is expected: ${token}`);
      },
      newResource: ({ type, name, inputs }) => {
        const own = inputs as Record<string, unknown>;
        made.push({ type, inputs: own });
        const isReference = type === "pulumi:pulumi:StackReference";
        const found = isReference
          ? { outputs, secretOutputNames: ["sshPrivateKey"] }
          : { stdout: "app_web 2/2" };
        return { id: name, state: { ...own, ...found } };
      },
    },
    "swarm-app",
    "test",
  );
  await jest.isolateModulesAsync(async () => {
    const { services } = jest.requireActual<{ services: pulumi.Output<string> }>("../../examples/app/index");
    await new Promise(resolve => services.apply(resolve));
  });
  return made;
}

const OUTPUTS = {
  controlEndpoint: "198.51.100.1",
  sshUser: "root",
  sshPort: 22,
  sshPrivateKey: "PRIVATE",
  sshHostKey: "ssh-ed25519 AAAA",
};

describe("the example", () => {
  test("deploys the compose file over the cluster's exported SSH access, and removes it at destroy", async () => {
    const made = await runExample(
      { cluster: "organization/digitalocean-swarm/dev", image: "nginx:1" },
      OUTPUTS,
    );
    expect(made.map(({ type }) => type)).toEqual(["pulumi:pulumi:StackReference", "command:remote:Command"]);
    expect(made[0]?.inputs.name).toBe("organization/digitalocean-swarm/dev");
    const command = made[1]?.inputs as Record<string, string>;
    expect(pulumi.runtime.isRpcSecret(command.connection)).toBe(true);
    expect(pulumi.runtime.unwrapRpcSecret(command.connection)).toMatchObject({
      host: "198.51.100.1",
      port: 22,
      user: "root",
      privateKey: "PRIVATE",
      hostKey: "ssh-ed25519 AAAA",
    });
    expect(command.stdin).toContain("image: nginx:1\n");
    expect(command.create).toMatch(/^sh -c '[^]*docker stack deploy[^]*' deploy app 120$/);
    expect(command.delete).toMatch(/^sh -c '[^]*docker stack rm[^]*' remove app 120$/);
  });
});
