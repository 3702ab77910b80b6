/** What the lab's server says of the lab. */

/** A droplet as the lab's API has it. */
export interface LabDroplet {
  readonly id: number;
  readonly hostname: string;
  readonly status: string;
  readonly size: string;
  /** The image's slug. */
  readonly image: string;
  readonly publicAddress: string;
  readonly privateAddress: string;
  readonly tags: readonly string[];
}

/** The answer of `GET /lab/status`, as far as it is used here. */
export interface Status {
  readonly droplets: readonly (Listed & {
    id: number;
    status: string;
    size: string;
    image: string;
    public_address: string;
    private_address: string;
    tags: string[];
  })[];
  readonly vpcs: readonly (Listed & { default: boolean })[];
  readonly firewalls: readonly Listed[];
  readonly reserved_ips: readonly { ip: string }[];
  readonly volumes: readonly { id: string; name: string }[];
  readonly projects: readonly { id: string; name: string; default: boolean }[];
  readonly ssh_keys: readonly Listed[];
  readonly tags: readonly Listed[];
}

/** What everything in it has that may be somebody else's. */
export interface Listed {
  readonly id?: string | number;
  readonly name: string;
  readonly seeded: boolean;
}

/** Whether a thing was not seeded. */
export const own = ({ seeded }: Listed): boolean => !seeded;

/** What is in the account, but for what was seeded, default VPCs and the default project: its kind and its name. */
export function ownNames(status: Status): string[] {
  return [
    ...status.droplets.filter(own).map(({ name }) => `droplet ${name}`),
    ...status.vpcs.filter(vpc => own(vpc) && !vpc.default).map(({ name }) => `VPC ${name}`),
    ...status.firewalls.filter(own).map(({ name }) => `firewall ${name}`),
    ...status.reserved_ips.map(({ ip }) => `reserved IP ${ip}`),
    ...status.volumes.map(({ name }) => `block storage volume ${name}`),
    ...status.projects.filter(project => !project.default).map(({ name }) => `project ${name}`),
    ...status.ssh_keys.filter(own).map(({ name }) => `SSH key ${name}`),
    ...status.tags.filter(own).map(({ name }) => `tag ${name}`),
  ];
}

/** Paths of the same, droplets excepted. */
export function ownPaths(status: Status): string[] {
  const { firewalls, reserved_ips, volumes, projects, ssh_keys, vpcs, tags } = status;
  return [
    ...firewalls.filter(own).map(({ id }) => `firewalls/${id}`),
    ...reserved_ips.map(({ ip }) => `reserved_ips/${ip}`),
    ...volumes.map(({ id }) => `volumes/${id}`),
    ...projects.filter(project => !project.default).map(({ id }) => `projects/${id}`),
    ...ssh_keys.filter(own).map(({ id }) => `account/keys/${id}`),
    ...vpcs.filter(vpc => own(vpc) && !vpc.default).map(({ id }) => `vpcs/${id}`),
    ...tags.filter(own).map(({ name }) => `tags/${name}`),
  ];
}
