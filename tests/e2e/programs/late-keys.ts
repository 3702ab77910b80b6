import * as pulumi from "@pulumi/pulumi";

import { SwarmCluster } from "../../../components";
import { readConfig } from "../../../config";

// Keys that are not known when the program runs, as those of another stack are.
const { name, args } = readConfig();
const { publicKey = "", privateKey = "" } = args.ssh ?? {};
const cluster = new SwarmCluster(name, {
  ...args,
  ssh: { publicKey: pulumi.output(publicKey), privateKey: pulumi.secret(privateKey) },
});

export const clusterId = cluster.clusterId;
