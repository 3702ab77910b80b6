import { readFileSync } from "node:fs";
import * as path from "node:path";

import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import type { SwarmPorts } from "../network/ports";
import type { SecurityUpdates } from "./args";
import { loginSetup, sshdConfig } from "./ssh-daemon";

/** What a host is to run; see `SwarmClusterArgs`. */
export interface HostSoftware {
  readonly dockerVersion: pulumi.Input<string>;
  readonly dockerMirror: pulumi.Input<string>;
  readonly securityUpdates: pulumi.Input<SecurityUpdates>;
}

/** What a droplet is told at its first boot. */
export interface UserData extends pulumi.Unwrap<HostSoftware> {
  /** The swarm's ports, which containers are kept from, and the one for SSH. */
  readonly ports: SwarmPorts;
  /** Who logs in. */
  readonly user: string;
  /** The host's SSH key, ed25519 in OpenSSH's form: known beforehand, it can be verified at the first login. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
}

/** Docker's own package repository. */
export const DOCKER_MIRROR = "https://download.docker.com";

const read = (script: string) => readFileSync(path.join(__dirname, "scripts", script), "utf8");
const PREPARE = read("prepare-host.sh");
const GUARD = read("guard.sh");

/**
 * Renders cloud-init user data. It holds the host's private key: a secret.
 *
 * Keys and files are written before sshd starts; the preparation runs last.
 */
export function userData(args: UserData): string {
  const login = { port: args.ports.ssh, user: args.user };
  const { config: account, bootcmd, runcmd } = loginSetup(login);
  const config = {
    ssh_pwauth: false,
    ...account,
    ssh_keys: { ed25519_private: args.hostPrivateKey, ed25519_public: args.hostPublicKey.trim() },
    ...(bootcmd.length > 0 ? { bootcmd } : {}),
    write_files: [
      {
        path: "/etc/ssh/sshd_config.d/10-digitalocean-swarm.conf",
        permissions: "0644",
        content: sshdConfig(login),
      },
      { path: "/usr/local/sbin/digitalocean-swarm-prepare", permissions: "0755", content: PREPARE },
      { path: "/usr/local/sbin/digitalocean-swarm-guard", permissions: "0755", content: GUARD },
    ],
    runcmd: [
      ...runcmd,
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
