import { parseDaemon } from "../../components/nodes/daemon";
import { CLUSTER, faultsOf, makeCluster } from "./cluster";

const ROTATION = { "max-size": "10m", "max-file": "3" };

test("logs are rotated where nobody says anything, and the image's own settings are left alone", () => {
  expect(parseDaemon({})).toEqual({
    defaults: { "log-driver": "json-file", "log-opts": ROTATION },
    wanted: {},
  });
});

test.each<[string, object, object]>([
  [
    "other sizes",
    { logOptions: { "max-size": "1g", compress: "true" } },
    { "log-driver": "json-file", "log-opts": { ...ROTATION, "max-size": "1g", compress: "true" } },
  ],
  ["the other driver that rotates", { logDriver: "local" }, { "log-driver": "local", "log-opts": ROTATION }],
  ["a driver that keeps no files", { logDriver: "journald" }, { "log-driver": "journald", "log-opts": {} }],
  [
    "numbers, as `pulumi config set --path` stores them",
    { logOptions: { "max-file": 5 }, labels: { rack: 7 } },
    {
      "log-driver": "json-file",
      "log-opts": { "max-size": "10m", "max-file": "5" },
      labels: ["rack=7"],
    },
  ],
])("what is said of logs holds in any case: %s", (_, options, wanted) => {
  expect(parseDaemon(options)).toEqual({ defaults: {}, wanted });
});

test("every option is a key of daemon.json, beside those that are given as they are", () => {
  const { wanted } = parseDaemon({
    registryMirrors: ["https://mirror.example/docker", "http://10.0.0.2:5000"],
    insecureRegistries: ["registry.example:5000", "10.0.0.0/8", "[fd00::1]:5000"],
    metricsAddress: "[::1]:9323",
    labels: { zone: "a", tier: "" },
    raw: { "live-restore": false, "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }] },
  });
  expect(wanted).toEqual({
    "registry-mirrors": ["https://mirror.example/docker", "http://10.0.0.2:5000"],
    "insecure-registries": ["registry.example:5000", "10.0.0.0/8", "[fd00::1]:5000"],
    "metrics-addr": "[::1]:9323",
    labels: ["zone=a", "tier="],
    "live-restore": false,
    "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
  });
});

test("nftables may be tried with the feature that is for it", () => {
  const raw = { "firewall-backend": "nftables", features: { "swarm-nftables": true } };
  expect(faultsOf("demo", { ...CLUSTER, daemon: { raw } })).toEqual([]);
});

test("it reaches new droplets in their user data, which is secret", async () => {
  const world = await makeCluster({ daemon: { registryMirrors: ["https://mirror.example"] } });
  for (const name of ["demo-manager-0", "demo-web-1"]) {
    expect(world.get(name).inputs.userData).toContain(
      '\\"registry-mirrors\\":[\\"https://mirror.example\\"]',
    );
    expect(world.get(name).secrets).toContain("userData");
  }
});
