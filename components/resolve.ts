import type * as pulumi from "@pulumi/pulumi";

import type { SwarmClusterArgs } from "./args";
import { needKnown } from "./known-now";
import { type NetworkSettings, resolveNetwork } from "./network/resolve";
import { SecurityUpdates } from "./nodes/args";
import { parseCloudInit } from "./nodes/cloud-init";
import { parseDaemon } from "./nodes/daemon";
import type { WantedNode } from "./nodes/node";
import { checkName, resolveNodes } from "./nodes/resolve";
import { DOCKER_MIRROR, type HostSoftware } from "./nodes/user-data";
import { integer, parseWord, Reader, type Report } from "./reader";
import { deadAgent } from "./ssh/agent";
import { checkSsh } from "./ssh/keys";
import { resolveSsh, type SshSettings } from "./ssh/resolve";
import { resolveSwarm, type SwarmSettings } from "./swarm/resolve";

/** It becomes a line of apt's sources. */
const MIRROR = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(\/[\w.~-]+)*$/i;
const PROJECT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TAG = /^[a-zA-Z0-9_:-]{1,255}$/;
/** https://docs.digitalocean.com/products/networking/firewalls/details/limits/ */
const MOST_TAGS = 5;

/** A cluster as it is to be: what is plain is checked, and everything that was left out is there. */
export interface ClusterSettings {
  /** Whose arguments they were, for faults that are found late. */
  readonly subject: string;
  readonly region: pulumi.Input<string>;
  /** The managers first. */
  readonly nodes: readonly WantedNode[];
  readonly network: NetworkSettings;
  readonly swarm: SwarmSettings;
  readonly ssh: SshSettings;
  readonly software: HostSoftware;
  /** Beside the cluster's own. */
  readonly tags: pulumi.Input<readonly string[]>;
  /** Where one is named. */
  readonly project?: pulumi.Input<string>;
  /** Where the Docker API is on. */
  readonly dockerApi?: { readonly renewal: number };
}

/**
 * Reads the arguments of a `SwarmCluster`: the one place that knows what is by default, and what may be.
 *
 * @throws InvalidArgsError that lists every fault of what is plain.
 */
export function resolve(name: string, args: SwarmClusterArgs): ClusterSettings {
  const subject = `SwarmCluster "${name}"`;
  const reader = new Reader(subject);
  needKnown(reader, args);
  checkName(name, "start", reader.at("name"));
  const region = reader.read("region", args.region, (slug, report) => {
    if (!slug) report("is missing; name a region such as `fra1`");
    return slug;
  });
  const nodes = resolveNodes(reader, args);
  const ssh = resolveSsh(reader, args.ssh);
  const swarm = resolveSwarm(reader, args.swarm, args.timeouts, ssh.port);
  const network = resolveNetwork(reader, args, swarm.ports, swarm.addressPools);
  checkSsh(reader, args.ssh);
  const tags = reader.read("tags", args.tags ?? [], parseTags);
  const project = args.project === undefined ? undefined : reader.read("project", args.project, parseProject);
  const { renewal = 0 } = args.dockerApi ?? {};
  integer(renewal, [0, 1e9], reader.at("dockerApi.renewal"));
  const software = resolveSoftware(reader, args);
  reader.faults.push(...deadAgent());
  reader.raise();
  return {
    subject,
    region,
    nodes,
    network,
    swarm,
    ssh,
    software,
    tags,
    project,
    ...(network.servesDockerApi ? { dockerApi: { renewal } } : {}),
  };
}

function resolveSoftware(reader: Reader, args: SwarmClusterArgs): HostSoftware {
  return {
    dockerVersion: reader.read("dockerVersion", args.dockerVersion ?? "any", (version, report) => {
      if (!/^(any|distribution|\d+\.\d+\.\d+)$/.test(version))
        report(`"${version}" is none of \`any\`, \`distribution\` or a version such as \`28.5.1\``);
      return version;
    }),
    dockerMirror: reader.read("dockerMirror", args.dockerMirror ?? DOCKER_MIRROR, (mirror, report) => {
      if (!MIRROR.test(mirror))
        report(
          `"${mirror}" is not the address of a mirror of \`${DOCKER_MIRROR}\`: http or https, without credentials and without a slash at the end`,
        );
      return mirror;
    }),
    securityUpdates: reader.read(
      "securityUpdates",
      args.securityUpdates ?? "image",
      parseWord(Object.values(SecurityUpdates)),
    ),
    daemon: reader.read("daemon", args.daemon ?? {}, parseDaemon),
    cloudInit: reader.read("cloudInit", args.cloudInit ?? "", parseCloudInit),
  };
}

function parseProject(id: string, report: Report): string {
  if (!PROJECT.test(id))
    report(`"${id}" is not the id of a project: \`doctl projects list\` shows ids beside names`);
  return id;
}

function parseTags(tags: readonly string[], report: Report): readonly string[] {
  if (tags.length > MOST_TAGS - 1)
    report(`has ${tags.length} tags; a firewall takes ${MOST_TAGS}, one of them the cluster's own`);
  tags.forEach((tag, i) => {
    if (!TAG.test(tag)) report(`"${tag}" is not a tag: letters, digits, _, : and -, at most 255`, `[${i}]`);
  });
  return tags;
}
