import { NoHosts } from "../../lab/hosts/none";
import {
  type ActionBody,
  addressOf,
  type DropletBody,
  dropletRequest,
  type ErrorBody,
  Lab,
  type Pages,
  publicKey,
} from "./helpers";

interface Created {
  droplet: DropletBody;
  links: { actions: { id: number; rel: string }[] };
}

describe("a droplet's life, in the order of the provider's calls", () => {
  test("create, wait for active, delete, wait for 404", async () => {
    const lab = await Lab.start({ hosts: new NoHosts({ bootMs: 100, otherMs: 100 }) });
    const created = await lab.post<Created>("/v2/droplets", dropletRequest({ monitoring: true }));
    expect(created.status).toBe(202);
    expect(created.body.droplet).toMatchObject({ status: "new", locked: true, networks: { v4: [], v6: [] } });
    const action = created.body.links.actions[0];
    expect(action?.rel).toBe("create");
    const { id } = created.body.droplet;
    expect((await lab.get<{ action: ActionBody }>(`/v2/actions/${action?.id}`)).body.action).toMatchObject({
      status: "in-progress",
      completed_at: null,
      resource_id: id,
    });

    await lab.settled();
    const droplet = await lab.find(id);
    expect(droplet).toMatchObject({ status: "active", locked: false, size_slug: "s-1vcpu-1gb" });
    expect(droplet).toMatchObject({ region: { slug: "fra1" }, image: { slug: "ubuntu-24-04-x64" } });
    expect(droplet.features).toContain("monitoring");
    expect(addressOf(droplet, "public")).toBe("198.18.0.2");
    const gateways = droplet.networks.v4.map(({ type, gateway }) => [type, gateway]);
    expect(gateways).toEqual([
      ["private", "nil"],
      ["public", "198.18.0.1"],
    ]);
    expect(addressOf(droplet, "private")).toMatch(/^10\..*\.2$/);
    const done = await lab.get<{ action: ActionBody }>(`/v2/droplets/${id}/actions/${action?.id}`);
    expect(done.body.action.status).toBe("completed");
    expect(done.body.action.completed_at).toMatch(/Z$/);

    expect((await lab.delete(`/v2/droplets/${id}`)).status).toBe(204);
    // Still there while its host goes, in a status that the provider waits in.
    expect((await lab.find(id)).status).toBe("active");
    expect((await lab.delete(`/v2/droplets/${id}`)).status).toBe(204);
    await lab.settled();
    expect((await lab.get(`/v2/droplets/${id}`)).status).toBe(404);
    expect(lab.hosts.called("remove")).toEqual([id]);
  });

  test("a refresh sees what was asked for: drift in these replaces the droplet", async () => {
    const lab = await Lab.start();
    const plain = await lab.droplet({ with_droplet_agent: false });
    expect(plain.features).toEqual(["private_networking"]);
    const full = await lab.droplet({ monitoring: true, ipv6: true, backups: true, tags: ["a", "b"] });
    expect(full.features).toEqual(["backups", "ipv6", "monitoring", "droplet_agent", "private_networking"]);
    expect(full.tags).toEqual(["a", "b"]);
    expect(full.vpc_uuid).toBe(plain.vpc_uuid);
    expect((await lab.get("/v2/tags/b")).status).toBe(200);
  });

  test("the host is booted with keys, user data, memory and both interfaces", async () => {
    const lab = await Lab.start();
    const key = await lab.post<{ ssh_key: { id: number; fingerprint: string } }>("/v2/account/keys", {
      name: "me",
      public_key: publicKey(),
    });
    const { id, fingerprint } = key.body.ssh_key;
    for (const ssh_keys of [[id], [String(id)], [fingerprint]]) {
      const droplet = await lab.droplet({ ssh_keys, user_data: "#!/bin/sh", size: "s-1vcpu-2gb" });
      expect(lab.hosts.hosts.get(droplet.id)?.spec).toMatchObject({
        hostname: "node-1",
        image: "ubuntu-24-04-x64",
        userData: "#!/bin/sh",
        sshKeys: [publicKey().trim()],
        memoryMiB: 2048,
        publicInterface: { address: addressOf(droplet, "public"), prefix: 24, gateway: "198.18.0.1" },
        privateInterface: { address: addressOf(droplet, "private"), prefix: 20 },
        vpc: { id: droplet.vpc_uuid },
        firewall: {},
      });
    }
  });

  test("a host that does not boot: the create ends as errored, and the droplet can be deleted", async () => {
    const lab = await Lab.start();
    lab.hosts.failure = ({ method }) => (method === "create" ? new Error("no image") : undefined);
    const { body } = await lab.post<Created>("/v2/droplets", dropletRequest());
    await lab.settled();
    const { id } = body.droplet;
    expect(await lab.find(id)).toMatchObject({ status: "errored", locked: false });
    const action = await lab.get<{ action: ActionBody }>(`/v2/actions/${body.links.actions[0]?.id}`);
    expect(action.body.action.status).toBe("errored");
    expect(lab.log.join()).toContain("no image");
    await lab.delete(`/v2/droplets/${id}`);
    await lab.settled();
    expect((await lab.get(`/v2/droplets/${id}`)).status).toBe(404);
  });

  test("a host that cannot be removed keeps its droplet, and the next delete tries again", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    lab.hosts.failure = ({ method }) => (method === "remove" ? new Error("busy") : undefined);
    await lab.delete(`/v2/droplets/${id}`);
    await lab.settled();
    expect((await lab.find(id)).status).toBe("active");
    lab.hosts.failure = undefined;
    await lab.delete(`/v2/droplets/${id}`);
    await lab.settled();
    expect((await lab.get(`/v2/droplets/${id}`)).status).toBe(404);
  });

  test("deleting one that still boots waits for the boot", async () => {
    const lab = await Lab.start({ hosts: new NoHosts({ bootMs: 30 }) });
    const { body } = await lab.post<Created>("/v2/droplets", dropletRequest());
    await lab.delete(`/v2/droplets/${body.droplet.id}`);
    await lab.settled();
    expect(lab.hosts.hosts.size).toBe(0);
    expect((await lab.get(`/v2/droplets/${body.droplet.id}`)).status).toBe(404);
  });
});

describe("many at once", () => {
  test("up to ten by names, each with its own addresses", async () => {
    const lab = await Lab.start();
    const names = Array.from({ length: 10 }, (_, i) => `node-${i}`);
    const request = dropletRequest({ name: undefined, names, tags: ["swarm"] });
    const { body } = await lab.post<{ droplets: DropletBody[] }>("/v2/droplets", request);
    expect(body.droplets.map(droplet => droplet.name)).toEqual(names);
    await lab.settled();
    const list = async () => (await lab.get<{ droplets: DropletBody[] }>("/v2/droplets")).body.droplets;
    expect(new Set((await list()).map(droplet => addressOf(droplet, "public"))).size).toBe(10);
    expect(new Set((await list()).map(droplet => addressOf(droplet, "private"))).size).toBe(10);
    const one = await lab.get<{ droplets: DropletBody[] }>("/v2/droplets?name=node-3");
    expect(one.body.droplets.map(droplet => droplet.name)).toEqual(["node-3"]);

    expect((await lab.delete<ErrorBody>("/v2/droplets")).status).toBe(400);
    await lab.delete("/v2/droplets?tag_name=swarm");
    await lab.settled();
    expect(await list()).toEqual([]);
    // Eleven were used, by these and by none before them.
    expect(addressOf(await lab.droplet(), "public")).toBe("198.18.0.12");
  });

  test("all or none: the account's limit is not half used", async () => {
    const lab = await Lab.start({ limits: { dropletLimit: 2 } });
    const request = dropletRequest({ name: undefined, names: ["a", "b", "c"] });
    const { status, body } = await lab.post<ErrorBody>("/v2/droplets", request);
    expect(status).toBe(422);
    expect(body.message).toBe("creating this/these droplet(s) will exceed your droplet limit");
    expect((await lab.get<Pages>("/v2/droplets")).body.meta.total).toBe(0);
  });
});

test.each([
  ["an empty name", { name: "" }],
  ["a name that is no host name", { name: "node_1" }],
  ["a name that ends in a dash", { name: "node-" }],
  ["a name of 256 characters", { name: "a".repeat(256) }],
  ["no name", { name: undefined }],
  ["eleven names", { name: undefined, names: Array.from({ length: 11 }, (_, i) => `n${i}`) }],
  ["user data over 64 KiB", { user_data: "é".repeat(32 * 1024 + 1) }],
  ["an unknown region", { region: "mars1" }],
  ["an unknown size", { size: "huge" }],
  ["an unknown image", { image: "plan9" }],
  ["an unknown key", { ssh_keys: [7] }],
  ["an unknown VPC", { vpc_uuid: "1b0b8a3e-0000-4000-8000-000000000000" }],
  ["a bad tag", { tags: ["a b"] }],
  ["an unknown volume", { volumes: [{ id: "x" }] }],
  ["no public network", { public_networking: false }],
  ["a size that the region lacks", { size: "m-2vcpu-16gb", region: "tor1" }],
  ["a backup policy without backups", { backup_policy: { plan: "weekly", weekday: "SUN" } }],
  ["a backup policy without a plan", { backups: true, backup_policy: {} }],
  ["an unknown plan of backups", { backups: true, backup_policy: { plan: "hourly" } }],
  ["a daily backup on one day", { backups: true, backup_policy: { plan: "daily", weekday: "SUN" } }],
  ["a backup at three", { backups: true, backup_policy: { plan: "daily", hour: 3 } }],
])("422 for %s", async (_what, more) => {
  const lab = await Lab.start();
  const { status, body } = await lab.post<ErrorBody>("/v2/droplets", dropletRequest(more));
  expect(status).toBe(422);
  expect(body.id).toBe("unprocessable_entity");
  expect((await lab.get<Pages>("/v2/droplets")).body.meta.total).toBe(0);
});

test("a region without the size is refused in DigitalOcean's words", async () => {
  const lab = await Lab.start();
  const request = dropletRequest({ size: "c-2", region: "blr1" });
  const { body } = await lab.post<ErrorBody>("/v2/droplets", request);
  expect(body.message).toBe("Size is not available in this region.");
});

test.each([
  ["none", { region: undefined }, "nyc3"],
  ["an empty one, as the provider sends it where none is set", { region: "" }, "nyc3"],
  ["the beginning of some", { region: "sfo", size: "g-2vcpu-8gb" }, "sfo3"],
  ["one without its number", { region: "lon" }, "lon1"],
])("where any region will do: %s", async (_what, more, expected) => {
  const lab = await Lab.start();
  expect((await lab.droplet(more)).region.slug).toBe(expected);
});

test("without a region it is where its VPC is", async () => {
  const lab = await Lab.start();
  const { vpc_uuid } = await lab.droplet({ region: "ams3" });
  expect((await lab.droplet({ region: "", vpc_uuid })).region.slug).toBe("ams3");
});

test("IPv6 where it is asked for: an address, in the host and in what firewalls let in", async () => {
  const lab = await Lab.start();
  const plain = await lab.droplet({ tags: ["swarm"] });
  const droplet = await lab.droplet({ ipv6: true, tags: ["swarm"] });
  expect(plain.networks.v6).toEqual([]);
  expect(droplet.networks.v6).toEqual([
    {
      ip_address: "2001:db8:c612::c612:3",
      netmask: 64,
      gateway: "2001:db8:c612::1",
      type: "public",
    },
  ]);
  expect(lab.hosts.hosts.get(plain.id)?.spec.publicIpv6).toBeUndefined();
  expect(lab.hosts.hosts.get(droplet.id)?.spec.publicIpv6).toBe("2001:db8:c612::c612:3/64");
  await lab.firewall({
    inbound_rules: [{ protocol: "tcp", ports: "22", sources: { tags: ["swarm"] } }],
    tags: ["swarm"],
  });
  expect(lab.inbound(plain.id)?.["tcp/22"]).toContain("2001:db8:c612::c612:3/128");
});

test("the limits themselves are allowed: 64 KiB of user data, 255 characters, null lists", async () => {
  const lab = await Lab.start();
  const request = dropletRequest({
    name: "a".repeat(255),
    user_data: "x".repeat(64 * 1024),
    tags: null,
    ssh_keys: null,
    volumes: null,
  });
  expect((await lab.post("/v2/droplets", request)).status).toBe(202);
});
