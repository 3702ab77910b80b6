import { type ErrorBody, type FirewallBody, firewallRequest, Lab, publicKey } from "./helpers";

interface Key {
  ssh_key: { id: number; name: string; fingerprint: string; public_key: string };
}
interface Tag {
  tag: { name: string; resources: { count: number; droplets: { count: number } } };
}

describe("SSH keys", () => {
  test("create, get by id and by fingerprint, rename, delete", async () => {
    const lab = await Lab.start();
    const created = await lab.post<Key>("/v2/account/keys", { name: "me", public_key: publicKey() });
    expect(created.status).toBe(201);
    const { id, fingerprint, public_key } = created.body.ssh_key;
    // Unchanged, with its newline: the provider replaces the key if it differs.
    expect(public_key).toBe(publicKey());
    expect(fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    for (const key of [id, fingerprint]) {
      expect((await lab.get<Key>(`/v2/account/keys/${key}`)).body).toEqual(created.body);
    }
    const renamed = await lab.put<Key>(`/v2/account/keys/${id}`, { name: "you" });
    expect(renamed.body.ssh_key).toEqual({ ...created.body.ssh_key, name: "you" });
    const list = await lab.get<{ ssh_keys: object[] }>("/v2/account/keys?page=1&per_page=200");
    expect(list.body.ssh_keys).toHaveLength(1);
    expect((await lab.delete(`/v2/account/keys/${id}`)).status).toBe(204);
    expect((await lab.get(`/v2/account/keys/${id}`)).status).toBe(404);
  });

  test("the fingerprint is the one that ssh-keygen -E md5 prints", async () => {
    const lab = await Lab.start();
    const public_key = `ssh-ed25519 ${"AAAAC3NzaC1lZDI1NTE5AAAAI".padEnd(68, "A")}`;
    const { body } = await lab.post<Key>("/v2/account/keys", { name: "me", public_key });
    expect(body.ssh_key.fingerprint).toBe("3d:52:38:ce:ff:94:f5:d7:81:a4:a4:f9:2b:4f:fe:a0");
  });

  test("422 for a key twice, under whatever name, and for what is no key", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/account/keys", { name: "me", public_key: publicKey() });
    const public_key = `${publicKey().trim()} another comment`;
    const twice = await lab.post<ErrorBody>("/v2/account/keys", { name: "you", public_key });
    expect(twice).toMatchObject({
      status: 422,
      body: { message: "SSH Key is already in use on your account" },
    });
    for (const bad of ["", "ssh-ed25519", "ssh-ed25519 AAAA", publicKey().replace("ed25519", "rsa")]) {
      expect((await lab.post("/v2/account/keys", { name: "x", public_key: bad })).status).toBe(422);
    }
  });
});

describe("tags", () => {
  test("create, get with all the fields that the provider reads, delete", async () => {
    const lab = await Lab.start();
    const { status, body } = await lab.post<Tag>("/v2/tags", { name: "swarm:prod" });
    expect(status).toBe(201);
    expect(body.tag).toEqual({
      name: "swarm:prod",
      resources: {
        count: 0,
        droplets: { count: 0 },
        images: { count: 0 },
        volumes: { count: 0 },
        volume_snapshots: { count: 0 },
        databases: { count: 0 },
      },
    });
    expect((await lab.get("/v2/tags/swarm:prod")).body).toEqual(body);
    expect((await lab.delete("/v2/tags/swarm:prod")).status).toBe(204);
    expect((await lab.get("/v2/tags/swarm:prod")).status).toBe(404);
  });

  test("a tag that exists is answered, in the capitals it was created with", async () => {
    const lab = await Lab.start();
    await lab.post("/v2/tags", { name: "Prod" });
    expect((await lab.post<Tag>("/v2/tags", { name: "prod" })).body.tag.name).toBe("Prod");
    expect((await lab.droplet({ tags: ["PROD", "prod"] })).tags).toEqual(["Prod"]);
    expect((await lab.get<{ tags: object[] }>("/v2/tags")).body.tags).toHaveLength(1);
  });

  test("capitals count where a tag is named", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet({ tags: ["Prod"] });
    const resources = { resources: [{ resource_id: id, resource_type: "droplet" }] };
    expect((await lab.get("/v2/tags/Prod")).status).toBe(200);
    expect((await lab.get("/v2/tags/prod")).status).toBe(404);
    expect((await lab.delete("/v2/tags/prod/resources", resources)).status).toBe(404);
    expect((await lab.delete("/v2/tags/prod")).status).toBe(404);
    expect((await lab.post("/v2/firewalls", firewallRequest({ tags: ["prod"] }))).status).toBe(422);
    expect((await lab.post("/v2/firewalls", firewallRequest({ tags: ["Prod"] }))).status).toBe(202);
  });

  test("tag and untag a droplet", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet();
    await lab.post("/v2/tags", { name: "a" });
    const resources = { resources: [{ resource_id: String(id), resource_type: "droplet" }] };
    expect((await lab.post("/v2/tags/a/resources", resources)).status).toBe(204);
    expect((await lab.post("/v2/tags/a/resources", resources)).status).toBe(204);
    expect((await lab.find(id)).tags).toEqual(["a"]);
    expect((await lab.get<Tag>("/v2/tags/a")).body.tag.resources).toMatchObject({
      count: 1,
      droplets: { count: 1, last_tagged_uri: expect.stringContaining(`/v2/droplets/${id}`) as string },
    });
    expect((await lab.delete("/v2/tags/a/resources", resources)).status).toBe(204);
    expect((await lab.find(id)).tags).toEqual([]);
    expect((await lab.post("/v2/tags/none/resources", resources)).status).toBe(404);
    const other = { resources: [{ resource_id: "1", resource_type: "image" }] };
    expect((await lab.post("/v2/tags/a/resources", other)).status).toBe(422);
  });

  test("deleting a tag takes it from droplets, firewalls and rules", async () => {
    const lab = await Lab.start();
    const { id } = await lab.droplet({ tags: ["a", "b"] });
    const { body } = await lab.post<{ firewall: FirewallBody }>("/v2/firewalls", {
      name: "fw",
      tags: ["a"],
      inbound_rules: [{ protocol: "tcp", ports: "22", sources: { tags: ["a", "b"] } }],
    });
    await lab.delete("/v2/tags/a");
    expect((await lab.find(id)).tags).toEqual(["b"]);
    const { firewall } = (await lab.get<{ firewall: FirewallBody }>(`/v2/firewalls/${body.firewall.id}`))
      .body;
    expect(firewall.tags).toEqual([]);
    expect(firewall.inbound_rules[0]?.sources).toEqual({ tags: ["b"] });
    await lab.settled();
    expect(lab.inbound(id)).toBeUndefined();
  });

  test("names of 255 characters work, in paths too; others are refused", async () => {
    const lab = await Lab.start();
    const name = "a".repeat(255);
    await lab.post("/v2/tags", { name });
    expect((await lab.get(`/v2/tags/${name}`)).status).toBe(200);
    for (const bad of ["", "a b", "a/b", "a.b", "a".repeat(256)]) {
      expect((await lab.post("/v2/tags", { name: bad })).status).toBe(422);
    }
  });
});
