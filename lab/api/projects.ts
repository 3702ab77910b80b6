/**
 * Projects, and what belongs to them. Droplets, volumes and reserved IPs belong to one each: to that which they were put
 * into, or to the one that was the default when they were made. A reserved IP goes with the droplet that holds it. The
 * oddities are DigitalOcean's, from reports: the Projects API knows a reserved IP as `do:floatingip:IP`.
 */
import { timestamp } from "./actions";
import { ApiError, unprocessable } from "./errors";
import type {
  Assignment,
  DropletRecord,
  LoadBalancerRecord,
  ProjectRecord,
  ReservedIpRecord,
  VolumeRecord,
} from "./records";
import type { Store } from "./store";

/** The project that every account has from the beginning. */
const FIRST_ID = "00000000-0000-4000-8000-000000000001";

/** DigitalOcean's own words for what something is for; all other words are stored with "Other: " before them. */
const PURPOSES = [
  "Just trying out DigitalOcean",
  "Class project / Educational purposes",
  "Website or blog",
  "Web Application",
  "Service or API",
  "Mobile Application",
  "Machine learning / AI / Data processing",
  "IoT",
  "Operational / Developer tooling",
];
const ENVIRONMENTS = ["Development", "Staging", "Production"];

/** Makes sure of the first project, which nobody has to make. */
export function ensureFirstProject(store: Store): void {
  if (store.projects.size > 0) return;
  store.projects.put({
    id: FIRST_ID,
    name: "lab",
    description: "All that is in the lab",
    purpose: "Just trying out DigitalOcean",
    environment: "Development",
    isDefault: true,
    createdAt: "2025-01-01T00:00:00Z",
    updatedAt: "2025-01-01T00:00:00Z",
  });
  store.changed();
}

/** The project of this id, or the default one; `undefined` if there is none. */
export function findProject(store: Store, id: string): ProjectRecord | undefined {
  return id === "default" ? store.projects.all().find(({ isDefault }) => isDefault) : store.projects.get(id);
}

/** Where something new belongs: to the default project, unless another is named. */
export function assignment(store: Store, id = "default"): Assignment {
  const project = findProject(store, id);
  if (project === undefined) throw unprocessable("The project does not exist.");
  return { id: project.id, since: timestamp() };
}

/** The id of the project that a reserved IP belongs to. */
export function projectOfReservedIp(store: Store, reserved: ReservedIpRecord): string {
  const droplet = reserved.dropletId === null ? undefined : store.droplets.get(reserved.dropletId);
  return (droplet ?? reserved).project?.id ?? FIRST_ID;
}

/** A thing that belongs to a project. */
export interface Belonging {
  /** As DigitalOcean's Projects API names it. */
  readonly urn: string;
  /** Where it is found, below `/v2/`. */
  readonly path: string;
  readonly project: Assignment;
  /** It is held by a droplet, and moves with that only. */
  readonly held: boolean;
  readonly move: (to: Assignment) => void;
}

/** All that belongs to any project. */
export function belongings(store: Store): Belonging[] {
  const own = (
    kind: string,
    path: string,
    record: DropletRecord | LoadBalancerRecord | VolumeRecord,
  ): Belonging => ({
    urn: `do:${kind}:${record.id}`,
    path: `${path}/${record.id}`,
    project: record.project ?? { id: FIRST_ID, since: record.createdAt },
    held: false,
    move: to => (record.project = to),
  });
  return [
    ...store.droplets.all().map(droplet => own("droplet", "droplets", droplet)),
    ...store.volumes.all().map(volume => own("volume", "volumes", volume)),
    ...store.loadBalancers.all().map(balancer => own("loadbalancer", "load_balancers", balancer)),
    ...store.reservedIps.all().map(reserved => ({
      urn: `do:floatingip:${reserved.ip}`,
      path: `reserved_ips/${reserved.ip}`,
      project: { id: projectOfReservedIp(store, reserved), since: reserved.project?.since ?? "" },
      held: reserved.dropletId !== null,
      move: (to: Assignment) => (reserved.project = to),
    })),
  ];
}

/** What a person may say of a project. */
export type ProjectContent = Pick<ProjectRecord, "name" | "description" | "purpose" | "environment">;

/**
 * A project's content as DigitalOcean stores it.
 * @param self - The project that is being changed, if any.
 * @throws 409 if another project has the name; 422 if a text is too long, or there is no such environment.
 */
export function readProject(store: Store, wanted: ProjectContent, self?: ProjectRecord): ProjectContent {
  const { name, description, purpose } = wanted;
  if (name.trim() === "" || name.length > 175) throw unprocessable("name must have 1 to 175 characters");
  if (description.length > 255) throw unprocessable("description may have 255 characters");
  if (purpose.trim() === "" || purpose.length > 255)
    throw unprocessable("purpose must have 1 to 255 characters");
  if (store.projects.all().some(other => other.name === name && other !== self)) {
    throw new ApiError(409, "name is already in use");
  }
  const environment = ENVIRONMENTS.find(known => known.toLowerCase() === wanted.environment.toLowerCase());
  if (environment === undefined && wanted.environment !== "") {
    throw unprocessable(`environment must be one of ${ENVIRONMENTS.join(", ")}`);
  }
  const known = PURPOSES.includes(purpose) || purpose.startsWith("Other: ");
  return {
    name,
    description,
    purpose: known ? purpose : `Other: ${purpose}`,
    environment: environment ?? "",
  };
}
