import { refuse } from "./engine-objects";
import { FakeHost } from "./fake-host";
import { variables } from "./pool-input";

describe("the swarm's settings", () => {
  const reconcile = (host: FakeHost, settings: object, role: "manager" | "worker" = "manager") =>
    host.run("reconcile-pool", { ...variables(role), ...settings });
  const ca = (URL: string) => ({ Protocol: "cfssl", URL });

  test("that are so already are left alone, and so are external CAs that nobody asked for", async () => {
    const host = new FakeHost().manager();
    host.engine.swarm.Spec.CAConfig.ExternalCAs = [ca("https://by-hand/sign")];
    expect((await reconcile(host, {})).code).toBe(0);
    expect(host.engine.changes).toEqual([]);
  });

  test("that differ are changed in one call, which leaves the rest as it is, and shows no unlock key", async () => {
    const host = new FakeHost().manager();
    host.engine.swarm.Spec.Labels = { mine: "1" };
    const wanted = { CERT_HOURS: 24, AUTOLOCK: "true", EXTERNAL_CAS: "https://a/sign https://b/sign" };
    expect(await reconcile(host, wanted)).toEqual({
      code: 0,
      stdout: "",
      stderr: "web-0: changed the swarm's settings\n",
    });
    expect(host.engine.changes).toEqual(["update swarm CAConfig EncryptionConfig"]);
    expect(host.engine.swarm.Spec).toEqual({
      Name: "default",
      Labels: { mine: "1" },
      CAConfig: {
        NodeCertExpiry: 24 * 3600 * 1e9,
        ExternalCAs: [ca("https://a/sign"), ca("https://b/sign")],
      },
      EncryptionConfig: { AutoLockManagers: true },
    });
  });

  test("are changed again when another writer was faster", async () => {
    const host = new FakeHost().manager();
    host.engine.when(/^POST \/swarm\/update/, times => {
      if (times === 1) host.engine.swarm.Version.Index = 7;
    });
    expect((await reconcile(host, { CERT_HOURS: 24 })).code).toBe(0);
    expect(host.engine.swarm.Version.Index).toBe(8);
  });

  test("go with the managers, not with the workers", async () => {
    const host = new FakeHost().manager();
    expect((await reconcile(host, { CERT_HOURS: 24 }, "worker")).code).toBe(0);
    expect(host.engine.changes).toEqual([]);
  });

  test("that are refused are a fault with the engine's words", async () => {
    const host = new FakeHost().manager();
    host.engine.when(/^POST \/swarm/, () => refuse("invalid expiry"));
    const { code, stderr } = await reconcile(host, { CERT_HOURS: 1 });
    expect(code).toBe(1);
    expect(stderr).toBe("web-0: error: the swarm's settings could not be changed: invalid expiry\n");
  });
});
