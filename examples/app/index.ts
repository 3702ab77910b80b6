import { readFileSync } from "node:fs";
import * as path from "node:path";

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const name = config.get("name") ?? "app";
const image = config.get("image") ?? "busybox:1.37";
const seconds = config.getNumber("timeoutSeconds") ?? 120;
const file = (name: string) => readFileSync(path.join(__dirname, name), "utf8");

// The outputs of the cluster's stack. The private key stays a secret here too.
const cluster = new pulumi.StackReference(config.require("cluster"));
const output = (key: string) => cluster.requireOutput(key) as pulumi.Output<string>;

const stack = new remote.Command("stack", {
  connection: {
    host: output("controlEndpoint"),
    user: output("sshUser"),
    privateKey: output("sshPrivateKey"),
    hostKey: output("sshHostKey"),
  },
  // A changed compose file runs `create` again, and `docker stack deploy` changes what differs.
  stdin: file("compose.yaml").replace("${IMAGE}", image),
  create: `sh -c '${file("deploy.sh").replaceAll("'", `'\\''`)}' deploy ${name} ${seconds}`,
  delete: `sh -c '${file("remove.sh").replaceAll("'", `'\\''`)}' remove ${name} ${seconds}`,
  addPreviousOutputInEnv: false,
});

/** A line per service: its name, and how many of its replicas run. */
export const services = stack.stdout;
