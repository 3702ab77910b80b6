/** A directory for each droplet, which the droplet sees at `/opt/lab` and may not write. */
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { renderSeed } from "./cloud-init-seed";
import { renderRuleset } from "./firewall-ruleset";
import type { HostFirewall, HostSpec, MetadataEndpoint } from "./hosts";
import { renderMetadataRuleset } from "./metadata-ruleset";

/** The directories of one lab's droplets. */
export class DropletDirectories {
  /** @param lab - The lab's own directory. */
  public constructor(
    private readonly lab: string,
    private readonly metadata: MetadataEndpoint,
  ) {}

  /** The directory of a droplet. */
  public of(id: number): string {
    return path.join(this.lab, "droplets", `${id}`);
  }

  /** Makes the directory of a new droplet, with what cloud-init reads. */
  public async create(spec: HostSpec): Promise<void> {
    const directory = this.of(spec.id);
    await mkdir(path.join(directory, "seed"), { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    for (const [name, content] of Object.entries(renderSeed(spec))) {
      await writeFile(path.join(directory, "seed", name), content as string, { mode: 0o600 });
    }
  }

  /** Written beside and renamed, so that a droplet that starts just now reads the one or the other. */
  public async writeFirewall(id: number, firewall: HostFirewall): Promise<void> {
    const file = path.join(this.of(id), "firewall.nft");
    const rules = `${renderRuleset(firewall)}${renderMetadataRuleset(this.metadata)}`;
    await writeFile(`${file}.new`, rules, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  public async remove(id: number): Promise<void> {
    await rm(this.of(id), { recursive: true, force: true });
  }
}
