/** The cluster without its swarm: network and droplets, of which there may be more than any machine could boot. */
import "../../stack-traces";

import * as pulumi from "@pulumi/pulumi";

import { Network } from "../../components/network/network";
import { NodePool } from "../../components/nodes/node-pool";
import { poolNodes } from "../../components/nodes/roster";
import { DOCKER_MIRROR } from "../../components/nodes/user-data";
import { swarmPorts } from "../../components/ports";

const count = new pulumi.Config().requireNumber("count");
const network = new Network("swarm", { region: "fra1", firewall: { sshFrom: ["192.0.2.7/32"] } });

new NodePool("swarm-web", {
  cluster: "swarm",
  nodes: poolNodes("web", "worker", { count }),
  region: "fra1",
  vpcId: network.vpcId,
  tags: [network.tag.name],
  sshKeys: [],
  dockerVersion: "any",
  dockerMirror: DOCKER_MIRROR,
  securityUpdates: "image",
  ports: swarmPorts(),
  firewall: network.firewall,
});
