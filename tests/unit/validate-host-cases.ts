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
};
