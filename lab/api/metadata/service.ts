/**
 * The metadata service, which droplets find at 169.254.169.254. It tells a droplet about itself, user data included, and
 * knows by the address that a request comes from which one asks. Nobody else is told anything.
 */
import type { App, Context } from "../context";
import type { DropletRecord } from "../records";
import { metadataDocument, metadataTree, type Subject, type Tree } from "./document";

const ROOT = "/metadata/v1";

/** Adds the service to a server of its own. */
export function metadataRoutes(app: App, context: Context): void {
  app.get("/*", async (request, reply) => {
    const [path = ""] = request.url.split("?");
    const droplet = whoAsks(context, request.ip);
    const subject = droplet && (await subjectOf(context, droplet));
    if (subject === undefined) return reply.code(404).type("text/plain").send("not found");
    if (path === `${ROOT}.json`) return metadataDocument(subject);
    const found =
      path === ROOT || path.startsWith(`${ROOT}/`) ? look(metadataTree(subject), path) : undefined;
    if (found === undefined) return reply.code(404).type("text/plain").send("not found");
    if (found === MOVED) return reply.redirect(`${path}/`, 301);
    return reply.type("text/plain; charset=utf-8").send(found);
  });
}

/** The droplet that has this address, be it a reserved one. */
function whoAsks({ store }: Context, address: string): DropletRecord | undefined {
  const holder = store.reservedIps.get(address)?.dropletId;
  return store.droplets
    .all()
    .find(droplet => droplet.publicAddress === address || droplet.id === (holder ?? undefined));
}

async function subjectOf(
  { store, hosts, settings }: Context,
  droplet: DropletRecord,
): Promise<Subject | undefined> {
  const vpc = store.vpcs.get(droplet.vpcId);
  const macs = await hosts.macs(droplet.id);
  if (vpc === undefined || macs === undefined) return undefined;
  const reserved = store.reservedIps.all().find(({ dropletId }) => dropletId === droplet.id);
  return {
    droplet,
    publicRange: settings.publicRange,
    vpcRange: vpc.range,
    reservedIp: reserved?.ip,
    macs,
  };
}

/** A directory was named without its slash. */
const MOVED = Symbol("moved");

/** The text at a path: a value, or a directory's index. */
function look(tree: Tree, path: string): string | typeof MOVED | undefined {
  const parts = path.slice(ROOT.length).split("/").slice(1);
  const asDirectory = parts.at(-1) === "";
  let place: Tree | undefined = tree;
  for (const part of asDirectory ? parts.slice(0, -1) : parts) {
    place = typeof place === "object" && Object.hasOwn(place, part) ? place[part] : undefined;
  }
  if (typeof place === "string") return asDirectory ? undefined : place;
  if (place === undefined) return undefined;
  if (!asDirectory) return MOVED;
  return Object.entries(place)
    .map(([name, child]) => (typeof child === "string" ? name : `${name}/`))
    .join("\n");
}
