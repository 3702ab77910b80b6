/** An empty program: as many resources as the cluster has, of the same providers, that do nothing and know nothing. */
import "../../stack-traces";

import { remote } from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

const count = new pulumi.Config().requireNumber("count");

const tag = new digitalocean.Tag("empty", {});
new tls.PrivateKey("empty", { algorithm: "ED25519" });
for (let i = 2; i < count; i++)
  new remote.Command(
    `empty-${i}`,
    { connection: { host: "127.0.0.1", user: "nobody", privateKey: "none" }, delete: "true" },
    { deletedWith: tag },
  );
