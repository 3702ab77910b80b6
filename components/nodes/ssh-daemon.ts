/** How people log in to a host. */
export interface HostLogin {
  readonly port: number;
  readonly user: string;
}

/** What cloud-init is to do for it, beside writing the {@link sshdConfig}. */
export interface LoginSetup {
  readonly config: Readonly<Record<string, unknown>>;
  readonly bootcmd: readonly (readonly string[])[];
  readonly runcmd: readonly (readonly string[])[];
}

/** Where systemd listens in sshd's place (Ubuntu from 22.10 on), it reads sshd's port when it reads its units. */
const LISTEN_ANEW =
  "systemctl is-active --quiet ssh.socket || exit 0; systemctl stop ssh.service; systemctl daemon-reload; systemctl restart ssh.socket";

/** sshd's settings, for a file that it reads before its own: of each the first counts. */
export function sshdConfig({ port, user }: HostLogin): string {
  return [
    "# Many Commands dial a manager at once; sshd would drop connections at random from the tenth on.",
    "MaxStartups 200:30:500",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    ...(port === 22 ? [] : [`Port ${port}`]),
    ...(user === "root" ? [] : ["PermitRootLogin no"]),
    "",
  ].join("\n");
}

/** Who logs in, and where sshd listens; nothing for root and port 22, which images have. */
export function loginSetup({ port, user }: HostLogin): LoginSetup {
  const own = user !== "root";
  return {
    config: own
      ? {
          disable_root: true,
          // In place of the image's default user, who gets the keys that the droplet was created with.
          user: {
            name: user,
            groups: ["docker"],
            lock_passwd: true,
            shell: "/bin/bash",
            sudo: "ALL=(ALL) NOPASSWD:ALL",
          },
        }
      : {},
    // Until the system has booted, it lets in root alone.
    bootcmd: own ? [["rm", "-f", "/run/nologin"]] : [],
    runcmd: port === 22 ? [] : [["sh", "-c", LISTEN_ANEW]],
  };
}
