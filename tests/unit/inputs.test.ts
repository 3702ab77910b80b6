import { execFileSync } from "node:child_process";
import * as path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { CLUSTER, faultsOf, makeCluster } from "./cluster";
import { sentTo } from "./sent";
import { web } from "./validate-cases";
import { firewall } from "./validate-network-cases";

test("what an Output holds is refused when it is known, with the words for a plain value", () => {
  const script = path.join(__dirname, "late-values.ts");
  const out = execFileSync(process.execPath, ["--require", "ts-node/register/transpile-only", script], {
    encoding: "utf8",
    env: { ...process.env, SSH_AUTH_SOCK: "" },
  });
  const { paths, results } = JSON.parse(out) as {
    paths: string[];
    results: { title: string; path: string; plain: object[]; late: object[] }[];
  };
  for (const { title, plain, late } of results) expect([title, late]).toEqual([title, plain]);
  const seen = new Set(results.filter(({ plain }) => plain.length === 1).map(one => one.path));
  expect(paths.filter(one => !seen.has(one))).toEqual([]);
});

test("values of other resources go where plain ones do", async () => {
  const known = <T>(value: T) => pulumi.output(Promise.resolve(value));
  const world = await makeCluster({
    region: known("nyc3"),
    workers: {
      web: {
        count: 1,
        size: known("s-4"),
        image: known("debian-13-x64"),
        labels: { tier: known("front"), plain: "yes" },
        nodes: { "0": { labels: known({ own: "a" }), availability: known("drain" as const) } },
      },
    },
    firewall: {
      sshFrom: [known("192.0.2.7/32")],
      publish: known(["80"]),
      dockerApiFrom: [known("192.0.2.8/32")],
    },
    dockerVersion: known("28.5.1"),
    securityUpdates: known("on" as const),
    tags: [known("prod")],
    swarm: { addressPools: known(["10.128.0.0/12"]) },
  });
  expect(world.get("demo-web-0").inputs).toMatchObject({
    region: "nyc3",
    size: "s-4",
    image: "debian-13-x64",
    tags: ["demo-tag", "prod"],
    userData: expect.stringMatching(/DOCKER_VERSION=28\.5\.1[^]*SECURITY_UPDATES=on/) as string,
  });
  expect(JSON.parse(sentTo(world, "demo-web-reconcile").ROSTER ?? "")).toMatchObject([
    { availability: "drain", labels: { tier: "front", plain: "yes", own: "a" } },
  ]);
  expect(sentTo(world, "demo-bootstrap").POOLS).toBe("10.128.0.0/12");
  const rules = JSON.stringify(world.get("demo", "Firewall").inputs.inboundRules);
  for (const source of ["192.0.2.7/32", "192.0.2.8/32", '"80"']) expect(rules).toContain(source);
  expect(world.get("demo-docker-api-manager-0", "CertRequest").inputs).toBeDefined();
});

test.each<[string, object]>([
  ["managers.count", { managers: { count: pulumi.output(3) } }],
  ["workers.web.revision", web({ revision: pulumi.output("r") as unknown as string })],
  ["workers", { workers: pulumi.output({}) }],
  [
    "firewall.dockerApiFrom",
    firewall({ dockerApiFrom: pulumi.output(["192.0.2.0/24"]) as unknown as string[] }),
  ],
  ["swarm.generation", { swarm: { generation: Promise.resolve(1) } }],
])("%s decides which resources there are: an Output is refused", (at, args) => {
  expect(faultsOf("demo", { ...CLUSTER, ...args })).toEqual([
    {
      path: at,
      reason: expect.stringMatching(
        /^is the output of another resource: .* must be a plain value$/,
      ) as string,
    },
  ]);
});
