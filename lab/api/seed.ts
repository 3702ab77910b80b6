/**
 * Somebody else's things in the account: networks, droplets, a load balancer, keys, tags and firewalls that were there before, and that
 * nothing which is tried in the lab may touch. An extension of the lab. The droplets have no machine: nobody answers.
 */
import { PUBLIC_POOL, takenAddresses } from "./address-pools";
import type { Context } from "./context";
import { unprocessable } from "./errors";
import type { DropletRecord, VpcRecord } from "./records";
import { fingerprintOf } from "./routes/keys";
import { remember, restore } from "./seeded";
import { ensureTag } from "./tagging";
import { createVpc, defaultVpc } from "./vpcs";

const MADE = "2025-03-01T09:00:00Z";
const WORLD = { addresses: ["0.0.0.0/0", "::/0"] };

/** Public keys of nobody: there never were private ones. */
const KEYS: Readonly<Record<string, string>> = {
  "alice@laptop": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDexdC5kEy2jLfxvR9Y5nUeFm4Q7VwB8tHsGzKpXaRcN",
  ci: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0sWb7uYqTzXk3hMfRgP2dNvEcL6aHxSiOoUy8wKjZt",
};

const BALANCER = "5eed0000-0000-4000-8000-000000000002";

/** Puts everything there. If it is there it is made as it was, should anything have changed it. */
export async function seed(context: Context): Promise<void> {
  const { store, firewalls } = context;
  if (store.seeded.size > 0) await restore(context);
  else await plant(context);
  store.changed();
  firewalls.changed();
}

async function plant(context: Context): Promise<void> {
  const { store } = context;
  const home = await defaultVpc(context, "fra1");
  const far = await defaultVpc(context, "nyc3");
  const range = "10.20.0.0/16";
  const staging = await createVpc(context, { name: "staging", region: "fra1", description: "", range });
  const tags = ["production", "wiki"].map(name => ensureTag(store, name).name);
  const keys = Object.entries(KEYS).map(([name, publicKey]) => {
    const key = { id: store.newId(), name, publicKey, fingerprint: fingerprintOf(publicKey) };
    store.keys.put(key);
    return key;
  });
  const droplets = [
    droplet(context, { name: "wiki", tags, status: "active" }, home),
    droplet(context, { name: "build-agent", tags: [], status: "off" }, staging),
  ];
  store.loadBalancers.put({
    id: BALANCER,
    name: "front",
    region: home.region,
    vpcId: home.id,
    ...addressesIn(context, home),
    createdAt: MADE,
  });
  const wall = "5eed0000-0000-4000-8000-000000000001";
  store.firewalls.put({
    id: wall,
    name: "wiki",
    inbound: ["80", "443"].map(ports => ({ protocol: "tcp", ports, target: WORLD })),
    outbound: [{ protocol: "tcp", ports: "0", target: WORLD }],
    dropletIds: [],
    tags: ["wiki"],
    createdAt: MADE,
  });
  for (const { id } of [home, far, staging]) remember(store, "vpcs", id);
  for (const tag of tags) remember(store, "tags", tag);
  for (const { id } of keys) remember(store, "keys", id);
  for (const { id } of droplets) remember(store, "droplets", id);
  remember(store, "loadBalancers", BALANCER);
  remember(store, "firewalls", wall);
}

function droplet(
  context: Context,
  about: Pick<DropletRecord, "name" | "tags" | "status">,
  vpc: VpcRecord,
): DropletRecord {
  const { store } = context;
  const made: DropletRecord = {
    id: store.newId(),
    ...about,
    region: vpc.region,
    size: "s-1vcpu-1gb",
    disk: 25,
    image: "debian-12-x64",
    userData: "",
    sshKeys: [],
    features: ["private_networking"],
    vpcId: vpc.id,
    ...addressesIn(context, vpc),
    deleting: false,
    createdAt: MADE,
    hostless: true,
  };
  store.droplets.put(made);
  return made;
}

function addressesIn(
  { store, addresses, settings }: Context,
  vpc: VpcRecord,
): Pick<DropletRecord, "publicAddress" | "privateAddress"> {
  const taken = takenAddresses(store);
  const publicAddress = addresses.next({ pool: PUBLIC_POOL, range: settings.publicRange }, taken);
  const privateAddress = addresses.next({ pool: vpc.id, range: vpc.range }, taken);
  if (publicAddress === undefined || privateAddress === undefined) {
    throw unprocessable("There is no free address for what is to be seeded.");
  }
  return { publicAddress, privateAddress };
}
