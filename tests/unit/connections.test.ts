import * as pulumi from "@pulumi/pulumi";

import { makeCluster } from "./cluster";
import { COMMAND, valueOf } from "./mocks";
import { PROXY } from "./validate-access-cases";

describe("connections", () => {
  test("another port, another user with sudo, and a bastion are every Command's; so is what runs at once or at deletion", async () => {
    const world = await makeCluster({ ssh: { port: 2222, user: "ops", proxy: PROXY } });
    for (const one of world.commands()) {
      const { perDialTimeout, dialErrorLimit, ...way } = one.inputs.connection as Record<string, unknown>;
      expect(way).toMatchObject({ port: 2222, user: "ops", privateKey: "PRIVATE-demo-ssh\n" });
      expect(way.proxy).toEqual({ ...PROXY, perDialTimeout, dialErrorLimit });
      expect(one.secrets).toContain("connection");
      const lines = ["create", "update", "delete"].flatMap(when => one.inputs[when] ?? []);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/^sudo -n timeout \d+ /);
    }
    const { cluster } = world;
    expect(await valueOf(cluster.dockerHost)).toBe("ssh://ops@198.51.100.1:2222");
    expect(await valueOf(cluster.sshUser)).toBe("ops");
    expect(await valueOf(cluster.sshPort)).toBe(2222);
  });

  test("a bastion without a key of its own is given the nodes'; without a user it is root, on 22", async () => {
    const world = await makeCluster({ ssh: { proxy: { host: "192.0.2.1" } } });
    expect(world.get("demo-web-0-join").inputs.connection).toMatchObject({
      proxy: { host: "192.0.2.1", port: 22, user: "root", privateKey: "PRIVATE-demo-ssh\n" },
    });
  });

  test("a user and a bastion may come from other resources", async () => {
    const late = <T>(value: T) => pulumi.output(Promise.resolve(value));
    const world = await makeCluster({ ssh: { user: late("ops"), proxy: { host: late("192.0.2.1") } } });
    expect(world.get("demo-web-0-join").inputs).toMatchObject({
      create: "sudo -n timeout 1200 bash --norc -s 'join' 'web-0'",
      connection: { user: "ops", proxy: { host: "192.0.2.1" } },
    });
    expect(world.get("demo-web-0-leave").inputs.delete).toMatch(/^sudo -n timeout /);
    expect(String(world.get("demo-web-0").inputs.userData)).toContain('"name":"ops"');
  });

  test("every Command verifies its host, dials with limits and sends no variables", async () => {
    const world = await makeCluster({ timeouts: { ssh: 100 } });
    for (const one of world.commands()) {
      const pool = one.name.includes("-web-") && one.name.endsWith("-join") ? "web" : "manager";
      expect(one.type).toBe(COMMAND);
      expect(one.inputs.addPreviousOutputInEnv).toBe(false);
      expect(one.inputs.environment).toBeUndefined();
      expect(one.inputs.connection).toEqual({
        host: expect.stringMatching(/^(203\.0\.113\.|198\.51\.100\.1$)/) as string,
        port: 22,
        user: "root",
        privateKey: "PRIVATE-demo-ssh\n",
        hostKey: `ssh-ed25519 PUBLIC-demo-${pool}-host-key\n`,
        perDialTimeout: 5,
        // What waits for a change is not changed by `timeouts.ssh`.
        dialErrorLimit: one.inputs.update === undefined ? 24 : 50,
      });
    }
  });
});
