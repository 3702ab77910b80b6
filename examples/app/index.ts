import { readFileSync } from "node:fs";
import * as path from "node:path";

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { clusterFromStack } from "digitalocean-swarm";

const config = new pulumi.Config();
const name = config.get("name") ?? "app";
const image = config.get("image") ?? "busybox:1.37";
const seconds = config.getNumber("timeoutSeconds") ?? 120;
const file = (name: string) => readFileSync(path.join(__dirname, name), "utf8");

// The outputs of the cluster's stack. The private key stays a secret here too.
const cluster = clusterFromStack(new pulumi.StackReference(config.require("cluster")));

const stack = new remote.Command("stack", {
  connection: {
    host: cluster.controlEndpoint,
    port: cluster.sshPort,
    user: cluster.sshUser,
    privateKey: cluster.sshPrivateKey,
    hostKey: cluster.sshHostKey,
  },
  // A changed compose file runs `create` again, and `docker stack deploy` changes what differs.
  stdin: file("compose.yaml").replace("${IMAGE}", image),
  create: `sh -c '${file("deploy.sh").replaceAll("'", `'\\''`)}' deploy ${name} ${seconds}`,
  delete: `sh -c '${file("remove.sh").replaceAll("'", `'\\''`)}' remove ${name} ${seconds}`,
  addPreviousOutputInEnv: false,
});

/** A line per service: its name, and how many of its replicas run. */
export const services = stack.stdout;
