import { readFileSync } from "node:fs";
import * as path from "node:path";

import type * as pulumi from "@pulumi/pulumi";

import type { SwarmPorts } from "../network/ports";
import type { SecurityUpdates } from "./args";
import { cloudConfig, type Extra, withExtra } from "./cloud-init";
import type { Daemon } from "./daemon";
import { loginSetup, sshdConfig } from "./ssh-daemon";

/** What a host is to run; see `SwarmClusterArgs`. */
export interface HostSoftware {
  readonly dockerVersion: pulumi.Input<string>;
  readonly dockerMirror: pulumi.Input<string>;
  readonly securityUpdates: pulumi.Input<SecurityUpdates>;
  readonly daemon: pulumi.Input<Daemon>;
  readonly cloudInit: pulumi.Input<Extra>;
}

/** What a droplet is told at its first boot. */
export interface UserData extends Omit<pulumi.Unwrap<HostSoftware>, "daemon" | "cloudInit"> {
  readonly daemon: Daemon;
  readonly cloudInit: Extra;
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
/** What runs on a host, by its name there. */
const SCRIPTS = [
  ["prepare", read("prepare-host.sh")],
  ["apt", read("apt.sh")],
  ["guard", read("guard.sh")],
  ["daemon", read("daemon.py")],
] as const;
const SBIN = "/usr/local/sbin/digitalocean-swarm-";
/** What is wanted of daemon.json, for the preparation. */
const DAEMON = "/var/lib/digitalocean-swarm/daemon.json";
/** What a user has run before the preparation. */
const EXTRA = `${SBIN}extra`;
/** An image that has no daemon.json gets one before its engine starts: then that need not be restarted. */
const FIRST = '[ -e "$0" ] || { umask 077 && mkdir -p -m 755 "${0%/*}" && printf "%s\\n" "$1" >"$0"; }';

/**
 * Renders cloud-init user data. It holds the host's private key: a secret.
 *
 * Keys and files are written before sshd starts; the preparation runs last.
 * What the user adds comes after the program's own, and is over when the preparation is.
 */
export function userData(args: UserData): string {
  const login = { port: args.ports.ssh, user: args.user };
  const { config: account, bootcmd, runcmd } = loginSetup(login);
  const { config: extra, script } = args.cloudInit;
  const config = {
    ssh_pwauth: false,
    ...account,
    ssh_keys: { ed25519_private: args.hostPrivateKey, ed25519_public: args.hostPublicKey.trim() },
    bootcmd: [
      ...bootcmd,
      [
        ...["cloud-init-per", "instance", "digitalocean-swarm-daemon", "sh", "-c", FIRST],
        ...["/etc/docker/daemon.json", JSON.stringify({ ...args.daemon.defaults, ...args.daemon.wanted })],
      ],
    ],
    write_files: [
      {
        path: "/etc/ssh/sshd_config.d/10-digitalocean-swarm.conf",
        permissions: "0644",
        content: sshdConfig(login),
      },
      ...SCRIPTS.map(([name, content]) => ({ path: `${SBIN}${name}`, permissions: "0755", content })),
      { path: DAEMON, permissions: "0600", content: JSON.stringify(args.daemon) },
      ...(script ? [{ path: EXTRA, permissions: "0700", content: script }] : []),
    ],
    runcmd: [
      ...runcmd,
      [
        "env",
        `DOCKER_VERSION=${args.dockerVersion}`,
        `DOCKER_MIRROR=${args.dockerMirror}`,
        `SECURITY_UPDATES=${args.securityUpdates}`,
        `DAEMON=${DAEMON}`,
        ...(script ? [`EXTRA=${EXTRA}`] : []),
        `LISTEN_PORT=${args.ports.listen}`,
        `DATA_PATH_PORT=${args.ports.dataPath}`,
        `${SBIN}prepare`,
      ],
    ],
  };
  return cloudConfig(withExtra(config, extra));
}
