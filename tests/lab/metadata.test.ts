/** The metadata service. A request's address says which droplet asks. */
import { renderSeed } from "../../lab/hosts/cloud-init-seed";
import { addressOf, Lab, publicKey } from "./helpers";

async function ask(lab: Lab, from: string | undefined, path: string) {
  const response = await lab.api.metadata.inject({ method: "GET", url: path, remoteAddress: from });
  return { status: response.statusCode, text: response.body, location: response.headers.location };
}

async function prepared() {
  const lab = await Lab.start();
  await lab.post("/v2/account/keys", { name: "me", public_key: publicKey(1) });
  await lab.post("/v2/account/keys", { name: "you", public_key: publicKey(2) });
  const { body } = await lab.get<{ ssh_keys: { id: number }[] }>("/v2/account/keys");
  const droplet = await lab.droplet({
    ...{ name: "one", user_data: "#!/bin/sh\necho one", ssh_keys: body.ssh_keys.map(({ id }) => id) },
    ...{ tags: ["swarm", "web"], ipv6: true },
  });
  const other = await lab.droplet({ name: "two", user_data: "two's secret" });
  const from = addressOf(droplet, "public");
  return { lab, droplet, other, from, v1: (path: string) => ask(lab, from, `/metadata/v1/${path}`) };
}

test("a droplet learns all about itself, as plain texts", async () => {
  const { droplet, v1, from } = await prepared();
  const vendorData = renderSeed({ id: 0, hostname: "", userData: "", sshKeys: [] })["vendor-data"];
  const expected = {
    id: String(droplet.id),
    hostname: "one",
    "user-data": "#!/bin/sh\necho one",
    "vendor-data": vendorData,
    "public-keys": `${publicKey(1).trim()}\n${publicKey(2).trim()}`,
    region: "fra1",
    "interfaces/public/0/ipv4/address": from,
    "interfaces/public/0/ipv4/netmask": "255.255.255.0",
    "interfaces/public/0/ipv4/gateway": "198.18.0.1",
    "interfaces/public/0/ipv6/address": "2001:db8:c612::c612:2",
    "interfaces/public/0/ipv6/cidr": "64",
    "interfaces/public/0/mac": "02:42:c6:12:00:02",
    "interfaces/private/0/ipv4/address": addressOf(droplet, "private"),
    "interfaces/private/0/ipv4/netmask": "255.255.240.0",
    "interfaces/private/0/type": "private",
    "dns/nameservers": "67.207.67.3\n67.207.67.2",
    "reserved_ip/ipv4/active": "false",
    "features/dhcp_enabled": "false",
  };
  for (const [path, text] of Object.entries(expected))
    expect(await v1(path)).toMatchObject({ status: 200, text });
});

test("directories are listed, and need their slash", async () => {
  const { v1, lab, from } = await prepared();
  const names =
    "id hostname user-data vendor-data public-keys region interfaces/ dns/ floating_ip/ reserved_ip/";
  expect((await v1("")).text.split("\n")).toEqual([...names.split(" "), "tags/", "features/"]);
  expect((await v1("interfaces/")).text).toBe("public/\nprivate/");
  expect((await v1("interfaces/private/0/")).text).toBe("mac\ntype\nipv4/");
  expect((await v1("tags/")).text).toBe("swarm\nweb");
  expect(await v1("tags")).toMatchObject({ status: 301, location: "/metadata/v1/tags/" });
  expect(await ask(lab, from, "/metadata/v1")).toMatchObject({ status: 301, location: "/metadata/v1/" });
  for (const path of ["none", "id/", "id/x", "interfaces/public/1/", "constructor", "//"])
    expect((await v1(path)).status).toBe(404);
  expect((await ask(lab, from, "/")).status).toBe(404);
  expect((await ask(lab, from, "/metadata/v1x")).status).toBe(404);
});

test("all in one JSON document", async () => {
  const { lab, droplet, from } = await prepared();
  const { status, text } = await ask(lab, from, "/metadata/v1.json");
  expect(status).toBe(200);
  const found = JSON.parse(text) as { interfaces: Record<string, object[]> };
  expect(found).toMatchObject({
    ...{ droplet_id: droplet.id, hostname: "one", region: "fra1", user_data: "#!/bin/sh\necho one" },
    ...{ tags: ["swarm", "web"], dns: { nameservers: ["67.207.67.3", "67.207.67.2"] } },
    public_keys: [publicKey(1).trim(), publicKey(2).trim()],
  });
  expect(found.interfaces.public?.[0]).toEqual({
    ipv4: { ip_address: from, netmask: "255.255.255.0", gateway: "198.18.0.1" },
    ipv6: { ip_address: "2001:db8:c612::c612:2", cidr: 64, gateway: "2001:db8:c612::1" },
    mac: "02:42:c6:12:00:02",
    type: "public",
  });
});

test("each is told of itself, and nobody else of anybody", async () => {
  const { lab, other } = await prepared();
  const path = "/metadata/v1/user-data";
  expect((await ask(lab, addressOf(other, "public"), path)).text).toBe("two's secret");
  // This machine, an address that nobody has, and one in the VPC, of which there may be several.
  for (const from of ["127.0.0.1", "198.18.0.1", "198.18.0.200", addressOf(other, "private")])
    expect(await ask(lab, from, path)).toMatchObject({ status: 404, text: "not found" });
});

test("a reserved IP is known while it is held", async () => {
  const { lab, droplet, v1 } = await prepared();
  const { body } = await lab.post<{ reserved_ip: { ip: string } }>("/v2/reserved_ips", {
    droplet_id: droplet.id,
  });
  await lab.settled();
  const { ip } = body.reserved_ip;
  expect((await v1("reserved_ip/ipv4/ip_address")).text).toBe(ip);
  expect((await v1("floating_ip/ipv4/active")).text).toBe("true");
  expect((await ask(lab, ip, "/metadata/v1/hostname")).text).toBe("one");
});

test("one that is gone, or has no machine, is told nothing", async () => {
  const { lab, other } = await prepared();
  await lab.post("/lab/seed", {});
  const { droplets } = (await lab.get<{ droplets: (typeof other)[] }>("/v2/droplets")).body;
  const wiki = droplets.find(({ name }) => name === "wiki");
  expect((await ask(lab, wiki && addressOf(wiki, "public"), "/metadata/v1/id")).status).toBe(404);
  await lab.delete(`/v2/droplets/${other.id}`);
  await lab.settled();
  expect((await ask(lab, addressOf(other, "public"), "/metadata/v1/id")).status).toBe(404);
});
