import { remote } from "@pulumi/command";
import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

// Every type and option that the swarm uses, on as few resources as possible. Run by the rehearsal's own test.
const config = new pulumi.Config();
const count = config.requireNumber("count");

const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
const tag = new digitalocean.Tag("cluster");
const vpc = new digitalocean.Vpc("cluster", { region: "fra1", ipRange: "10.0.0.0/16" });
const login = new digitalocean.SshKey("login", { publicKey: key.publicKeyOpenssh });
const firewall = new digitalocean.Firewall("wall", {
  tags: [tag.name],
  inboundRules: [{ protocol: "tcp", portRange: config.require("port"), sourceAddresses: ["0.0.0.0/0"] }],
});
const address = new digitalocean.ReservedIp("address", { region: "fra1" });

const connection = (dialErrorLimit = 3) => ({
  host: "127.0.0.1",
  port: config.requireNumber("sshPort"),
  hostKey: config.require("hostKey"),
  privateKey: config.get("privateKey") ?? key.privateKeyOpenssh,
  dialErrorLimit,
});
const common = { logging: remote.Logging.Stderr, addPreviousOutputInEnv: false };

export const ids: pulumi.Output<string>[] = [];
let token: pulumi.Output<string> | undefined;
for (let i = 0; i < count; i++) {
  const droplet = new digitalocean.Droplet(
    `node-${i}`,
    {
      region: "fra1",
      size: config.require("size"),
      image: "debian-13-x64",
      vpcUuid: vpc.id,
      tags: [tag.name],
      sshKeys: [login.fingerprint],
      userData: pulumi.secret(`${config.require("userData")} ${i}`),
    },
    { dependsOn: [firewall], ignoreChanges: ["size"], customTimeouts: { delete: "5m" } },
  );
  ids.push(droplet.id);
  if (i === 0) {
    token = new remote.Command(
      "token",
      { ...common, connection: connection(), create: `read-token of ${config.require("about")}` },
      { dependsOn: [droplet], ignoreChanges: ["*"], additionalSecretOutputs: ["stdout"] },
    ).stdout;
  }
  const join = new remote.Command(`node-${i}-join`, {
    ...common,
    connection: connection(),
    create: `join node-${i}`,
    stdin: pulumi.interpolate`${config.require("about")} ${token ?? ""}`,
    triggers: [droplet.id],
  });
  new remote.Command(
    `node-${i}-leave`,
    { ...common, connection: connection(), delete: `leave node-${i}`, triggers: [droplet.id, join.stdout] },
    { deletedWith: tag },
  );
  if (i === 0)
    new digitalocean.ReservedIpAssignment(
      "address",
      { ipAddress: address.ipAddress, dropletId: droplet.id.apply(Number) },
      { dependsOn: [join], deletedWith: address },
    );
}
export const secretToken = token;
export const privateKey = key.privateKeyOpenssh;
