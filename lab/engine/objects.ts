/** What a lab has in the container engine. */
import type Docker from "dockerode";

import { LAB_LABEL } from "./paths";

/** Removes a lab's containers, networks and volumes. */
export async function removeObjects(docker: Docker, name: string): Promise<void> {
  const filters = { label: [`${LAB_LABEL}=${name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  const { Volumes: volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) });
  for (const { Name } of volumes) await docker.getVolume(Name).remove();
}
