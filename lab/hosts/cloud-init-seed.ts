/** What cloud-init reads in a droplet at its first boot: the files of its NoCloud data source. */
import type { HostSpec } from "./hosts";

/** The NoCloud seed: file name to content. */
export interface CloudInitSeed {
  readonly "meta-data": string;
  readonly "user-data": string;
  readonly "vendor-data": string;
}

/**
 * Renders a droplet's seed. The keys go into the metadata, as on DigitalOcean, so that user data with keys of its own
 * adds to them and does not replace them.
 */
export function renderSeed(spec: Pick<HostSpec, "id" | "hostname" | "userData" | "sshKeys">): CloudInitSeed {
  // JSON is YAML, and needs no quoting rules.
  const metadata = {
    "instance-id": `${spec.id}`,
    "local-hostname": spec.hostname,
    "public-keys": spec.sshKeys,
  };
  return {
    "meta-data": `${JSON.stringify(metadata)}\n`,
    "user-data": spec.userData,
    "vendor-data": `#cloud-config\n${JSON.stringify({ disable_root: false, locale: false })}\n`,
  };
}
