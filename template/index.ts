import * as pulumi from "@pulumi/pulumi";
import { SwarmCluster } from "digitalocean-swarm";

const config = new pulumi.Config();

const cluster = new SwarmCluster("swarm", {
  region: config.get("region") ?? "fra1",
  managers: { count: 3, size: "s-1vcpu-2gb" },
  workers: { worker: { count: 2, size: "s-1vcpu-2gb" } },
  firewall: {
    sshFrom: [config.require("sshFrom")],
    publish: ["80/tcp", "443/tcp"],
  },
});

export const managers = cluster.managers;
export const workers = cluster.workers;
/** Stays the same when managers are replaced. */
export const controlEndpoint = cluster.controlEndpoint;
/** For `docker context create swarm --docker host=...`. */
export const dockerHost = cluster.dockerHost;
/** Secret: `pulumi stack output --show-secrets sshPrivateKey`. */
export const sshPrivateKey = cluster.sshPrivateKey;
/** A line of `known_hosts`, without its address. */
export const sshHostKey = cluster.sshHostKey;
