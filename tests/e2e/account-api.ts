import { ApiClient } from "../../lab/client";
import type { World } from "./world";

/** A VPC as the API has it. */
export interface Vpc {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly ip_range: string;
  readonly default: boolean;
}

/** Asks the account's API, as somebody else who uses it. */
export function ask<T>(world: World, method: string, path: string, body?: object): Promise<T> {
  return new ApiClient(world.lab.endpoint, world.lab.token).call<T>(method, path, body);
}

/** All VPCs of the account. */
export async function vpcs(world: World): Promise<readonly Vpc[]> {
  return (await ask<{ vpcs: Vpc[] }>(world, "GET", "vpcs?per_page=200")).vpcs;
}

/** The VPCs that the droplets of this lab, but for others', are in. */
export async function vpcsInUse(world: World): Promise<readonly string[]> {
  const own = new Set((await world.lab.droplets()).map(({ hostname }) => hostname));
  const { droplets } = await ask<{ droplets: { name: string; vpc_uuid: string }[] }>(
    world,
    "GET",
    "droplets?per_page=200",
  );
  return [...new Set(droplets.filter(({ name }) => own.has(name)).map(({ vpc_uuid: id }) => id))];
}
