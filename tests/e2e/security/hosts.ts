import * as assert from "node:assert/strict";

import { gatewayOf } from "../../../lab/api/addresses";
import type { Lab } from "../../../lab/lab";
import { gone } from "../swarm";
import type { World } from "../world";

/** What `GET /lab/status` says, as far as it is used here. */
interface Status {
  readonly public_range: string;
  readonly droplets: readonly {
    readonly name: string;
    readonly status: string;
    readonly deleting: boolean;
    readonly vpc_uuid: string;
    readonly public_address: string;
    readonly private_address: string;
  }[];
}

/** What the lab says of itself. */
export async function labStatus(lab: Lab): Promise<Status> {
  return (await (await fetch(`${lab.endpoint}/lab/status`)).json()) as Status;
}

/** The address that droplets see this machine's connections come from. */
export async function operatorAddress(lab: Lab): Promise<string> {
  return gatewayOf((await labStatus(lab)).public_range);
}

/** The VPC that the cluster is in. */
export async function clusterVpc(world: World): Promise<string> {
  const { hostname } = world.node("manager-0");
  const found = (await labStatus(world.lab)).droplets.find(({ name }) => name === hostname);
  assert.ok(found, `there is no droplet ${hostname}`);
  return found.vpc_uuid;
}

/** A droplet without tag and firewall, in no cluster. */
export interface TestHost {
  readonly hostname: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
}

/**
 * Makes droplets for the time of `act`: nobody's, without tag, firewall or keys.
 *
 * @param vpcs - By hostname, the VPC that each is in; `undefined` for the region's default one.
 */
export async function withHosts(
  world: World,
  vpcs: Readonly<Record<string, string | undefined>>,
  act: (hosts: readonly TestHost[]) => Promise<void>,
): Promise<void> {
  const names = Object.keys(vpcs);
  try {
    for (const name of names) await create(world.lab, name, vpcs[name]);
    await act(await Promise.all(names.map(name => running(world, name))));
  } finally {
    const left = (await world.lab.droplets()).map(({ hostname }) => hostname);
    for (const name of names.filter(name => left.includes(name))) await world.lab.deleteDroplet(name);
    for (const name of names) await gone(world, name);
  }
}

async function create(lab: Lab, name: string, vpc: string | undefined): Promise<void> {
  const response = await fetch(`${lab.endpoint}/v2/droplets`, {
    method: "POST",
    headers: { authorization: `Bearer ${lab.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      name,
      region: "fra1",
      size: "s-1vcpu-1gb",
      image: "ubuntu-24-04-x64",
      vpc_uuid: vpc,
    }),
  });
  assert.equal(response.status, 202, await response.text());
}

async function running(world: World, name: string): Promise<TestHost> {
  await world.eventually(60, `droplet ${name} to run`, async () => {
    const found = (await world.lab.droplets()).find(({ hostname }) => hostname === name);
    assert.equal(found?.status, "active");
    // Its first process has set up the addresses, and systemd has started.
    const up = await world.lab.exec(name, ["bash", "-c", "ip -4 -brief address show dev eth1 | grep -q /"]);
    assert.equal(up.code, 0);
  });
  const found = (await world.lab.droplets()).find(({ hostname }) => hostname === name);
  assert.ok(found);
  return found;
}
