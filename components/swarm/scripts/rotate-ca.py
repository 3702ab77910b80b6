"""Replaces the swarm's root CA, on the control endpoint, unless this rotation was made before, and waits
until every node has a certificate of the new one.

rotate_seconds: for that.
"""

from shared.listing import hostname_of
from shared.progress import fail, say, wait_until
from shared.rotation import ROOT_CA, is_to_be_made, make
from shared.swarm import list_nodes, look_at_swarm, membership_lock, require_manager_of


def main(node: str, cluster: str, rotation: int, rotate_seconds: int) -> None:
    swarm = require_manager_of(node, cluster)
    # An earlier run may have begun it.
    if not is_to_be_made(node, swarm, ROOT_CA, rotation) and not swarm["RootRotationInProgress"]:
        return
    with membership_lock(node):
        make(node, ROOT_CA, rotation)
        if not wait_until(node, rotate_seconds, "every node to renew its certificate", is_over):
            fail(
                node,
                "the root CA's rotation waits for nodes that have not renewed their certificates:"
                f" {not_renewed()}. Bring them back or remove them ('docker node rm --force'), then run the"
                " update again",
            )
    say(node, "the swarm has a new root CA")


def is_over() -> bool:
    return not look_at_swarm()["RootRotationInProgress"]


def not_renewed() -> str:
    wanted = look_at_swarm()["TLSInfo"]
    return ",".join(
        f"{hostname_of(node)} ({node['Status']['State'].capitalize()})"
        for node in list_nodes()
        if node["Description"].get("TLSInfo") != wanted
    )
