"""For bootstrap.sh: reports the swarm, and keeps in it with which rotations it was initialised. What it keeps
already, from an earlier run or an earlier generation, is what it has seen.

host: this host's name. advertise: ip:port. The rotations: those that are asked for now. Out: JSON.
"""

import json

from shared.engine import Json
from shared.progress import retry
from shared.rotation import ROOT_CA, TOKENS, UNLOCK_KEY, recorded, with_labels
from shared.settings import update_swarm
from shared.swarm import labels_of, look_at_swarm


def main(
    node: str,
    host: str,
    advertise: str,
    worker_rotation: int,
    manager_rotation: int,
    ca_rotation: int,
    unlock_rotation: int,
) -> None:
    labels = {
        TOKENS["worker"].label: str(worker_rotation),
        TOKENS["manager"].label: str(manager_rotation),
        ROOT_CA.label: str(ca_rotation),
        UNLOCK_KEY.label: str(unlock_rotation),
    }

    def keep() -> Json:
        swarm = look_at_swarm()
        spec = with_labels(swarm["Spec"], {**labels, **labels_of(swarm["Spec"])})
        if spec != swarm["Spec"]:
            update_swarm(swarm, spec)
        return {**swarm, "Spec": spec}

    swarm = retry(node, keep)
    report = {
        "clusterId": swarm["ID"],
        "hostname": host,
        "address": advertise,
        "workerRotation": recorded(swarm, TOKENS["worker"]),
        "managerRotation": recorded(swarm, TOKENS["manager"]),
        "caRotation": recorded(swarm, ROOT_CA),
    }
    print(json.dumps(report))
