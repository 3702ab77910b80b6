/** A droplet as the API lists it, as far as it is used. */
export interface TaggedDroplet {
  readonly id: number;
  readonly name: string;
}

interface Exported {
  readonly deployment?: {
    readonly resources?: readonly {
      readonly type: string;
      readonly id?: string;
      readonly outputs?: Readonly<Record<string, unknown>>;
    }[];
  };
}

/** The cluster's tag and droplets in an exported state, those included that are about to be deleted. */
export function clusterResources(state: string): {
  tag: string | undefined;
  dropletIds: ReadonlySet<string>;
} {
  const resources = (JSON.parse(state) as Exported).deployment?.resources ?? [];
  const ofType = (type: string) => resources.filter(resource => resource.type === type);
  return {
    tag: ofType("digitalocean:index/tag:Tag")[0]?.outputs?.name as string | undefined,
    dropletIds: new Set(ofType("digitalocean:index/droplet:Droplet").flatMap(({ id }) => id ?? [])),
  };
}

/** Droplets that the state does not know. */
export function orphans(droplets: readonly TaggedDroplet[], known: ReadonlySet<string>): TaggedDroplet[] {
  return droplets.filter(({ id }) => !known.has(String(id)));
}
