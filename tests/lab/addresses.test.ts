/** Which addresses droplets and reserved IPs get, one after the other. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import type { State } from "../../lab/api/records";
import { addressOf, Lab } from "./helpers";

const both = (droplet: Parameters<typeof addressOf>[0]) => [
  addressOf(droplet, "public"),
  addressOf(droplet, "private")?.replace(/^10\.114\./, ""),
];

async function remove(lab: Lab, id: number): Promise<void> {
  await lab.delete(`/v2/droplets/${id}`);
  await lab.settled();
}

test("a freed address is not given again while others were never used", async () => {
  const lab = await Lab.start();
  const first = await lab.droplet();
  expect(both(first)).toEqual(["198.18.0.2", "0.2"]);
  await remove(lab, first.id);
  expect(both(await lab.droplet())).toEqual(["198.18.0.3", "0.3"]);
  const { body } = await lab.get("/lab/addresses?count=2");
  expect(body).toEqual({
    public: ["198.18.0.4", "198.18.0.5"],
    reserved: ["198.18.0.254", "198.18.0.253"],
  });
});

test("when none is left, the one that was freed first comes again", async () => {
  const lab = await Lab.start({ publicRange: "198.18.0.0/28" });
  const ids: number[] = [];
  for (let i = 0; i < 13; i++) ids.push((await lab.droplet()).id);
  const [one = 0, two = 0] = [ids[4], ids[2]];
  await remove(lab, one);
  await remove(lab, two);
  expect(addressOf(await lab.droplet(), "public")).toBe("198.18.0.6");
  expect(addressOf(await lab.droplet(), "public")).toBe("198.18.0.4");
});

test("reserved IPs, too, and not the address that a droplet had", async () => {
  const lab = await Lab.start({ publicRange: "198.18.0.0/29" });
  const reserve = async () => {
    const { body } = await lab.post<{ reserved_ip: { ip: string } }>("/v2/reserved_ips", { region: "fra1" });
    return body.reserved_ip.ip;
  };
  expect(await reserve()).toBe("198.18.0.6");
  await lab.delete("/v2/reserved_ips/198.18.0.6");
  expect(await reserve()).toBe("198.18.0.5");
  const { id } = await lab.droplet();
  await remove(lab, id);
  // 3 and 4 were never used; 6 was freed before 2.
  expect([await reserve(), await reserve()]).toEqual(["198.18.0.4", "198.18.0.3"]);
  await lab.delete("/v2/reserved_ips/198.18.0.5");
  expect(await reserve()).toBe("198.18.0.6");
});

test("a server that starts again remembers the order", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lab-state-"));
  try {
    const stateFile = path.join(directory, "state.json");
    const before = await Lab.start({ stateFile });
    await remove(before, (await before.droplet()).id);
    await before.api.close();
    const after = await Lab.start({ stateFile });
    expect(both(await after.droplet())).toEqual(["198.18.0.3", "0.3"]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("a VPC that is gone takes its pool with it", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "lab-state-"));
  try {
    const stateFile = path.join(directory, "state.json");
    const lab = await Lab.start({ stateFile });
    await lab.droplet();
    const net = { name: "net", region: "fra1", ip_range: "10.1.0.0/24" };
    const { id } = (await lab.post<{ vpc: { id: string } }>("/v2/vpcs", net)).body.vpc;
    await remove(lab, (await lab.droplet({ vpc_uuid: id })).id);
    const pools = () => (JSON.parse(readFileSync(stateFile, "utf8")) as State).pools.map(pool => pool.id);
    expect(pools()).toEqual(["public", id]);
    await lab.delete(`/v2/vpcs/${id}`);
    expect(pools()).toEqual(["public"]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("on demand the next one gets the address that was freed last", async () => {
  const lab = await Lab.start();
  const [one, two] = [await lab.droplet(), await lab.droplet()];
  await remove(lab, one.id);
  await remove(lab, two.id);
  await lab.post("/lab/behaviour", { reuseAddresses: true });
  expect(both(await lab.droplet())).toEqual(both(two));
  expect(both(await lab.droplet())).toEqual(both(one));
  expect(both(await lab.droplet())).toEqual(["198.18.0.4", "0.4"]);
});
