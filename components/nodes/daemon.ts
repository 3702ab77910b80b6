import type * as pulumi from "@pulumi/pulumi";

import { type Report, textOf } from "../reader";
import type { DaemonOptions } from "./args";

/** What daemon.json of a host is to have, as `daemon.py` takes it. */
export interface Daemon {
  /** Where the image has nothing else. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** In any case. */
  readonly wanted: Readonly<Record<string, unknown>>;
}

/** Docker's own driver, which tools that collect logs can read; its own options would fill the disk. */
const DRIVER = "json-file";
const ROTATION = { "max-size": "10m", "max-file": "3" };
const ROTATES = ["json-file", "local"];
const MIRROR = /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/;
const LOG_DRIVER = /^[\w./:@-]+$/;
const REGISTRY = /^[^\s/]+(\/\d{1,3})?$/;
const ADDRESS = /^([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/;

/** Keys that have an option of their own here, by that. */
const OWN_OPTION: Readonly<Record<string, string>> = {
  "log-driver": "daemon.logDriver",
  "log-opts": "daemon.logOptions",
  "registry-mirrors": "daemon.registryMirrors",
  "insecure-registries": "daemon.insecureRegistries",
  "metrics-addr": "daemon.metricsAddress",
  labels: "daemon.labels",
  "swarm-default-advertise-addr": "swarm.advertise",
};
const ON_COMMAND_LINE =
  "stands on the engine's command line in docker.service, and no engine starts that is told twice";
const TLS = "belongs to the engine's API over TLS, which this program sets up: use `firewall.dockerApiFrom`";
const OLD_SWARM = "is of a Swarm before Docker 1.12, and not for one of today";
/** Keys that no node may have, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  hosts: `${ON_COMMAND_LINE}. For the API on a port use \`firewall.dockerApiFrom\``,
  containerd: ON_COMMAND_LINE,
  tls: TLS,
  tlsverify: TLS,
  tlscacert: TLS,
  tlscert: TLS,
  tlskey: TLS,
  "cluster-store": OLD_SWARM,
  "cluster-advertise": OLD_SWARM,
};

/** Reads what is wanted of the engines. The paths of faults begin below `daemon`. */
export function parseDaemon(options: pulumi.Unwrap<DaemonOptions>, report: Report = noFault): Daemon {
  const { logDriver, logOptions, registryMirrors, insecureRegistries, metricsAddress, labels, raw } = options;
  if (logDriver !== undefined && !LOG_DRIVER.test(logDriver))
    report(`"${logDriver}" is not a driver's name such as \`${DRIVER}\``, ".logDriver");
  registryMirrors?.forEach((mirror, i) => {
    if (!MIRROR.test(mirror))
      report(
        `"${mirror}" is not a mirror's address such as \`https://mirror.example\``,
        `.registryMirrors[${i}]`,
      );
  });
  insecureRegistries?.forEach((registry, i) => {
    if (!REGISTRY.test(registry))
      report(
        `"${registry}" is neither a registry such as \`registry.example:5000\` nor a CIDR range`,
        `.insecureRegistries[${i}]`,
      );
  });
  if (metricsAddress !== undefined && !ADDRESS.test(metricsAddress))
    report(
      `"${metricsAddress}" is not an address with a port, such as \`127.0.0.1:9323\``,
      ".metricsAddress",
    );
  for (const key of Object.keys(labels ?? {}))
    if (!/^[^\s=]+$/.test(key)) report(`"${key}" is not a label's key: no blanks, no "="`, ".labels");
  checkRaw(raw ?? {}, report);
  const asksForLogs = logDriver !== undefined || logOptions !== undefined;
  const logs = logKeys(logDriver, logOptions);
  const wanted = {
    ...raw,
    ...(asksForLogs ? logs : {}),
    ...(registryMirrors ? { "registry-mirrors": registryMirrors } : {}),
    ...(insecureRegistries ? { "insecure-registries": insecureRegistries } : {}),
    ...(metricsAddress === undefined ? {} : { "metrics-addr": metricsAddress }),
    ...(labels ? { labels: Object.entries(labels).map(([key, value]) => `${key}=${textOf(value)}`) } : {}),
  };
  return { defaults: asksForLogs ? {} : logs, wanted };
}

/** For options that are known to be sound. */
function noFault(reason: string): never {
  throw new Error(`daemon ${reason}`);
}

/** A driver goes with its options: those of one are faults to another. */
function logKeys(driver = DRIVER, options: Readonly<Record<string, string>> = {}): Daemon["defaults"] {
  const texts = Object.entries(options).map(([key, value]) => [key, textOf(value)]);
  const own = Object.fromEntries(texts) as Record<string, string>;
  return { "log-driver": driver, "log-opts": { ...(ROTATES.includes(driver) ? ROTATION : {}), ...own } };
}

function checkRaw(raw: Readonly<Record<string, unknown>>, report: Report): void {
  for (const key of Object.keys(raw)) {
    const own = OWN_OPTION[key];
    if (own !== undefined) report(`has an option of its own: use \`${own}\``, `.raw.${key}`);
    const reason = REFUSED[key];
    if (reason !== undefined) report(reason, `.raw.${key}`);
  }
  // https://docs.docker.com/engine/daemon/live-restore/
  if (raw["live-restore"])
    report("is not for a swarm, whose engines do not start with it: leave it out", ".raw.live-restore");
  // https://docs.docker.com/engine/network/firewall-nftables/
  if (raw["firewall-backend"] === "nftables" && !hasOverlays(raw.features))
    report(
      "keeps a host out of a swarm: overlay networks have rules of iptables only",
      ".raw.firewall-backend",
    );
}

/** Engines in which it is being tried are told so by this feature. */
function hasOverlays(features: unknown): boolean {
  return Boolean((features as Record<string, unknown> | undefined)?.["swarm-nftables"]);
}
