import { readFileSync } from "node:fs";
import * as path from "node:path";

import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import type { SwarmPorts } from "../network/ports";
import type { SecurityUpdates } from "./args";

/** What a host is to run; see `SwarmClusterArgs`. */
export interface HostSoftware {
  readonly dockerVersion: pulumi.Input<string>;
  readonly dockerMirror: pulumi.Input<string>;
  readonly securityUpdates: pulumi.Input<SecurityUpdates>;
}

/** What a droplet is told at its first boot. */
export interface UserData extends pulumi.Unwrap<HostSoftware> {
  /** The swarm's ports, which containers are kept from. */
  readonly ports: SwarmPorts;
  /** The host's SSH key, ed25519 in OpenSSH's form: known beforehand, it can be verified at the first login. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
}

/** Docker's own package repository. */
export const DOCKER_MIRROR = "https://download.docker.com";

const read = (script: string) => readFileSync(path.join(__dirname, "scripts", script), "utf8");
const PREPARE = read("prepare-host.sh");
const GUARD = read("guard.sh");
const SSHD = [
  "# Many Commands dial a manager at once; sshd would drop connections at random from the tenth on.",
  "MaxStartups 200:30:500",
  "PasswordAuthentication no",
  "KbdInteractiveAuthentication no",
  "",
].join("\n");

/**
 * Renders cloud-init user data. It holds the host's private key: a secret.
 *
 * Keys and files are written before sshd starts; the preparation runs last.
 */
export function userData(args: UserData): string {
  const config = {
    ssh_pwauth: false,
    ssh_keys: { ed25519_private: args.hostPrivateKey, ed25519_public: args.hostPublicKey.trim() },
    write_files: [
      { path: "/etc/ssh/sshd_config.d/10-digitalocean-swarm.conf", permissions: "0644", content: SSHD },
      { path: "/usr/local/sbin/digitalocean-swarm-prepare", permissions: "0755", content: PREPARE },
      { path: "/usr/local/sbin/digitalocean-swarm-guard", permissions: "0755", content: GUARD },
    ],
    runcmd: [
      [
        "env",
        `DOCKER_VERSION=${args.dockerVersion}`,
        `DOCKER_MIRROR=${args.dockerMirror}`,
        `SECURITY_UPDATES=${args.securityUpdates}`,
        `LISTEN_PORT=${args.ports.listen}`,
        `DATA_PATH_PORT=${args.ports.dataPath}`,
        "/usr/local/sbin/digitalocean-swarm-prepare",
      ],
    ],
  };
  return `#cloud-config\n${stringify(config)}`;
}
