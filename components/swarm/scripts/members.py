"""Lists the nodes that the managers know, on the control endpoint: what hosts take themselves for is held
against it.

asked: why; another value asks again. join_seconds: what a first manager that is about to join again may take.
Out: JSON, for each node its id, role (manager or worker, as it is by now), hostname, and name (its label).
"""

import json

from shared.listing import hostname_of
from shared.progress import WAIT_SECONDS, fail, wait_until
from shared.swarm import list_nodes, look_at_swarm, name_of, require_manager_of


def main(node: str, cluster: str, asked: str, join_seconds: int) -> None:
    wait_until(node, join_seconds, "this host to be a manager", look_at_swarm)
    require_manager_of(node, cluster)
    nodes = wait_until(node, WAIT_SECONDS, "the managers to list the nodes", list_nodes)
    if not nodes:
        fail(node, "the swarm does not list its nodes")
    members = [
        {
            "id": one["ID"],
            "role": "manager" if one.get("ManagerStatus") else "worker",
            "hostname": hostname_of(one),
            "name": name_of(one),
        }
        for one in nodes
    ]
    print(json.dumps(members))
