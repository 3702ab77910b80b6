/** What a droplet's image is made of, by DigitalOcean's slug or a snapshot's name. */

/** Debian releases that a droplet can be. */
export type Release = "bookworm" | "trixie";

/** One of the images that droplets are made from. */
export interface Kind {
  /** Part of the image's name on this machine. */
  readonly name: string;
  readonly release: Release;
  /**
   * Where the image's engine comes from: `none`: it has none, as DigitalOcean's own images; `distribution`: the
   * release's package `docker.io`; else the start of a version, from the lab's package repository.
   */
  readonly engine: "none" | "distribution" | `${number}.${number}`;
  /** Whether the programs of a directory of one's own take the place of the engine's (`SWARM_LAB_ENGINE`). */
  readonly takesOwnEngine: boolean;
}

const FAST: Kind = { name: "trixie", release: "trixie", engine: "distribution", takesOwnEngine: true };

const KINDS: Readonly<Record<string, Kind>> = {
  "debian-12-x64": { name: "bookworm-stock", release: "bookworm", engine: "none", takesOwnEngine: false },
  "debian-13-x64": { name: "trixie-stock", release: "trixie", engine: "none", takesOwnEngine: false },
  "lab-docker-20-10": {
    name: "bookworm",
    release: "bookworm",
    engine: "distribution",
    takesOwnEngine: false,
  },
  "lab-docker-26-1": { ...FAST, takesOwnEngine: false },
  "lab-docker-28-5": { name: "trixie-28.5", release: "trixie", engine: "28.5", takesOwnEngine: false },
};

/** What stands in for an image; for all that are not named here, the fast one: trixie with its own engine. */
export function kindOf(image: string): Kind {
  return KINDS[image] ?? FAST;
}
