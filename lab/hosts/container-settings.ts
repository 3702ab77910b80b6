/** The container that a droplet is. */
import type Docker from "dockerode";

import type { EngineInfo } from "../engine/engine";
import { LAB_LABEL } from "../engine/paths";
import type { HostSpec } from "./hosts";

/** The label that carries a droplet's id. */
export const DROPLET_LABEL = "digitalocean-swarm.droplet";

/** `@types/dockerode` lacks what the engine has had since 20.10. */
type HostConfig = Docker.HostConfig & { readonly CgroupnsMode: "private" | "host" };

/** What a container's settings depend on, besides the droplet. */
export interface ContainerContext {
  readonly lab: string;
  readonly image: string;
  readonly publicNetwork: string;
  /** The droplet's directory on this machine. */
  readonly directory: string;
  readonly info: EngineInfo;
  /** Whether droplets may reach the world outside this machine. */
  readonly egress: boolean;
  /** How long a stock droplet's agents hold each lock at its first boot, in seconds. */
  readonly agentSeconds: number;
}

/** The volume with a droplet's /var/lib/docker: an overlay cannot lie on the container's own overlay. */
export function volumeName(lab: string, id: number): string {
  return `${lab}-droplet-${id}`;
}

/**
 * The settings of a droplet's container. It runs a whole operating system, so it gets nearly all rights; but not
 * `--privileged`, which fails where this machine lacks a capability itself.
 */
export function containerSettings(spec: HostSpec, context: ContainerContext): Docker.ContainerCreateOptions {
  const { lab, image, publicNetwork, directory, info, egress, agentSeconds } = context;
  const environment = [
    "container=docker",
    `LAB_PUBLIC_ADDRESS=${spec.publicInterface.address}`,
    `LAB_PRIVATE_ADDRESS=${spec.privateInterface.address}/${spec.privateInterface.prefix}`,
    `LAB_GATEWAY=${spec.publicInterface.gateway ?? ""}`,
    `LAB_AGENT_SECONDS=${agentSeconds}`,
  ];
  if (spec.publicIpv6 !== undefined) environment.push(`LAB_IPV6=${spec.publicIpv6}`);
  if (!egress) environment.push("LAB_OFFLINE=1");
  if (info.CgroupVersion !== "2") {
    // trixie's systemd refuses version 1 unless told so.
    const flags = "systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1";
    environment.push(`SYSTEMD_PROC_CMDLINE=${flags}`);
  }
  const memory = info.MemoryLimit === true ? spec.memoryMiB * 1024 * 1024 : undefined;
  const hostConfig: HostConfig = {
    NetworkMode: publicNetwork,
    CapAdd: ["ALL"],
    CapDrop: ["SYS_RESOURCE"],
    // An empty list of masked paths is what `--security-opt systempaths=unconfined` means; the engine has no such
    // option, the command line translates it.
    SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
    MaskedPaths: [],
    ReadonlyPaths: [],
    DeviceCgroupRules: ["a *:* rwm"],
    // Of its own: with this machine's, systemd would remount and fill the file system that all share.
    CgroupnsMode: "private",
    Tmpfs: { "/run": "", "/run/lock": "", "/tmp": "exec" },
    Memory: memory,
    // No swap on top: the same for all machines.
    MemorySwap: memory,
    RestartPolicy: { Name: "no" },
    Mounts: [
      {
        Type: "volume",
        Source: volumeName(lab, spec.id),
        Target: "/var/lib/docker",
        VolumeOptions: {
          NoCopy: true,
          Labels: { [LAB_LABEL]: lab },
          DriverConfig: { Name: "local", Options: {} },
        },
      },
      { Type: "bind", Source: directory, Target: "/opt/lab", ReadOnly: true },
      { Type: "bind", Source: `${directory}/seed`, Target: "/var/lib/cloud/seed/nocloud", ReadOnly: true },
    ],
  };
  return {
    name: `${lab}-${spec.hostname.toLowerCase().replace(/[^a-z0-9_.-]/g, "-")}-${spec.id}`,
    Image: image,
    Hostname: spec.hostname,
    Env: environment,
    Labels: { [LAB_LABEL]: lab, [DROPLET_LABEL]: `${spec.id}` },
    StopSignal: "SIGRTMIN+3",
    HostConfig: hostConfig,
    NetworkingConfig: {
      EndpointsConfig: {
        [publicNetwork]: {
          IPAMConfig: { IPv4Address: spec.publicInterface.address },
          DriverOpts: interfaceName("eth0"),
        },
      },
    },
  };
}

/** Names an interface. Engines before 28 ignore this; there the droplet's first process puts the names right. */
export function interfaceName(name: "eth0" | "eth1"): Record<string, string> {
  return { "com.docker.network.endpoint.ifname": name };
}
