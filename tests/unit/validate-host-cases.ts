import type { SwarmClusterArgs } from "../../components";
import type { Case } from "./validate-cases";

/** What is on the hosts. */
export const HOST_CASES: Record<string, Case[]> = {
  daemon: [
    [
      "a driver that is no word",
      { daemon: { logDriver: "json file" } },
      "daemon.logDriver",
      /^"json file" is not a driver's name such as `json-file`/,
    ],
    [
      "a mirror without a scheme",
      { daemon: { registryMirrors: ["https://a.example", "b.example"] } },
      "daemon.registryMirrors[1]",
      /^"b\.example" is not a mirror's address such as/,
    ],
    [
      "a mirror with a password",
      { daemon: { registryMirrors: ["https://me:secret@a.example"] } },
      "daemon.registryMirrors[0]",
      /is not a mirror's address/,
    ],
    [
      "a registry with a scheme",
      { daemon: { insecureRegistries: ["http://a.example"] } },
      "daemon.insecureRegistries[0]",
      /^"http:\/\/a\.example" is neither a registry such as/,
    ],
    [
      "metrics without a port",
      { daemon: { metricsAddress: "127.0.0.1" } },
      "daemon.metricsAddress",
      /^"127\.0\.0\.1" is not an address with a port/,
    ],
    [
      "a label's key with a sign of equality",
      { daemon: { labels: { "a=b": "c" } } },
      "daemon.labels",
      /^"a=b" is not a label's key/,
    ],
    [
      "live restore",
      { daemon: { raw: { "live-restore": true } } },
      "daemon.raw.live-restore",
      /^is not for a swarm, whose engines do not start with it/,
    ],
    [
      "hosts",
      { daemon: { raw: { hosts: ["tcp://0.0.0.0:2375"] } } },
      "daemon.raw.hosts",
      /^stands on the engine's command line .*use `firewall\.dockerApiFrom`$/,
    ],
    ["TLS", { daemon: { raw: { tlsverify: true } } }, "daemon.raw.tlsverify", /`firewall\.dockerApiFrom`$/],
    [
      "what has an option of its own",
      { daemon: { raw: { "log-driver": "local" } } },
      "daemon.raw.log-driver",
      "has an option of its own: use `daemon.logDriver`",
    ],
    [
      "the address that others are told",
      { daemon: { raw: { "swarm-default-advertise-addr": "eth1" } } },
      "daemon.raw.swarm-default-advertise-addr",
      "has an option of its own: use `swarm.advertise`",
    ],
    [
      "rules of nftables",
      { daemon: { raw: { "firewall-backend": "nftables" } } },
      "daemon.raw.firewall-backend",
      /^keeps a host out of a swarm/,
    ],
    [
      "a Swarm of old",
      { daemon: { raw: { "cluster-store": "consul://a" } } },
      "daemon.raw.cluster-store",
      /^is of a Swarm before Docker 1\.12/,
    ],
  ],
  cloudInit: [
    ["a path", { cloudInit: "./init.yaml" }, "cloudInit", /^is neither cloud-config, .* nor a script/],
    [
      "a part of many",
      { cloudInit: "Content-Type: multipart/mixed" },
      "cloudInit",
      /^is neither cloud-config/,
    ],
    ["another kind", { cloudInit: "#cloud-config-archive\n[]" }, "cloudInit", /^is neither cloud-config/],
    [
      "no YAML",
      { cloudInit: "#cloud-config\nruncmd:\n  - 'a\n" },
      "cloudInit",
      /^is no YAML: line \d+, column \d+: MISSING_CHAR$/,
    ],
    [
      "a key twice",
      { cloudInit: "#cloud-config\na: 1\na: 2\n" },
      "cloudInit",
      /^is no YAML: .*DUPLICATE_KEY$/,
    ],
    ["a list", { cloudInit: "#cloud-config\n- ls\n" }, "cloudInit", /^is no cloud-config: it has no keys/],
    ["commands that are no list", config("runcmd: ls"), "cloudInit.runcmd", "is no list"],
    ["a command that is no text", config("runcmd: [{a: 1}]"), "cloudInit.runcmd[0]", /^is neither text nor/],
    ["files that are no list", config("write_files: {path: /a}"), "cloudInit.write_files", "is no list"],
    ["a file without a path", config("write_files: [x]"), "cloudInit.write_files", /without a `path`/],
    [
      "a file of the program",
      config("write_files: [{path: /usr/local/sbin/digitalocean-swarm-guard}]"),
      "cloudInit.write_files",
      '"/usr/local/sbin/digitalocean-swarm-guard" is the program\'s own',
    ],
    ["the host's key", config("ssh_keys: {}"), "cloudInit.ssh_keys", /^concerns the host's SSH key/],
    ["the login", config("disable_root: true"), "cloudInit.disable_root", /^concerns the login over SSH/],
    [
      "users without the image's own",
      config("users: [{name: me}]"),
      "cloudInit.users",
      /^leaves out `default`/,
    ],
    ["the hostname", config("hostname: a"), "cloudInit.hostname", /^gives the host another name/],
    ["a reboot", config("power_state: {mode: reboot}"), "cloudInit.power_state", /^turns the host off, or/],
    ["the modules", config("cloud_final_modules: []"), "cloudInit.cloud_final_modules", /^concerns which/],
    [
      "too much",
      { cloudInit: `#!/bin/sh\n${"#\n".repeat(20_000)}` },
      "cloudInit",
      /^takes \d+ bytes of the user data, which has room for 40960$/,
    ],
  ],
  project: [
    [
      "a name",
      { project: "prod" },
      "project",
      /^"prod" is not the id of a project: `doctl projects list` shows/,
    ],
    ["nothing", { project: "" }, "project", /^"" is not the id of a project/],
  ],
};

function config(line: string): Partial<SwarmClusterArgs> {
  return { cloudInit: `#cloud-config\n${line}\n` };
}
