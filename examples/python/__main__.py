"""A Docker Swarm on DigitalOcean."""

import pulumi
import pulumi_digitalocean_swarm as digitalocean_swarm

config = pulumi.Config()

swarm = digitalocean_swarm.SwarmCluster(
    "swarm",
    region=config.get("region") or "fra1",
    managers={"count": 1},
    workers={"web": {"count": 1, "labels": {"tier": "web"}}},
    firewall={"ssh_from": [config.require("sshFrom")], "publish": ["80/tcp"]},
)

pulumi.export("managers", swarm.managers)
pulumi.export("workers", swarm.workers)
pulumi.export("controlEndpoint", swarm.control_endpoint)
pulumi.export("dockerHost", swarm.docker_host)
pulumi.export("sshPrivateKey", swarm.ssh_private_key)
pulumi.export("sshHostKey", swarm.ssh_host_key)
