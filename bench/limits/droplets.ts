/** The cluster without its swarm: network and droplets, of which there may be more than any machine could boot. */
import "../../stack-traces";

import * as pulumi from "@pulumi/pulumi";

import { Network } from "../../components/network/network";
import { NodePool } from "../../components/nodes/node-pool";
import { resolve } from "../../components/resolve";

const count = new pulumi.Config().requireNumber("count");
const { subject, region, nodes, software, swarm, ...settings } = resolve("swarm", {
  region: "fra1",
  managers: { count: 1 },
  workers: { web: { count } },
  firewall: { sshFrom: ["192.0.2.7/32"] },
});
const { ports, addressPools } = swarm;
const network = new Network("swarm", { ...settings.network, subject, region, ports, addressPools });

new NodePool("swarm-web", {
  cluster: "swarm",
  nodes: nodes.filter(({ pool }) => pool === "web"),
  region,
  tags: [network.tag.name],
  sshKeys: [],
  software,
  ports,
  user: "root",
  firewall: network.firewall,
});
