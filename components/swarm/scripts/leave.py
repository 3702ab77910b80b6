"""Takes one node out of the swarm before its host goes: drain, demote, remove. Run on the control endpoint.

generation: the swarm's, when the node joined. node_id: the node's. drain_seconds: for its tasks.
"""

import json
import os

from shared.engine import EngineError, ask, look_at_engine
from shared.progress import WAIT_SECONDS, fail, say, wait_until
from shared.removal import demote, remove
from shared.swarm import change_node, find_node, is_manager, list_nodes, look_at_node, look_at_swarm
from shared.swarm import membership_lock, name_of, require_manager_of

# What this host's membership was last held against: the swarm's generation, and the value of swarm.reconcile.
MEMBERSHIP = os.environ.get("MEMBERSHIP", "/var/lib/digitalocean-swarm/membership")
# States of tasks that run, or are about to.
ALIVE = ("new", "pending", "assigned", "accepted", "preparing", "ready", "starting", "running")


def main(node: str, cluster: str, generation: int, node_id: str, drain_seconds: int) -> None:
    if swarm_was_given_up(node, cluster, generation):
        say(node, f"swarm {cluster} was given up for another: there is nothing to leave")
        return
    here = look_at_engine().get("Swarm", {})
    is_itself = here.get("NodeID") == node_id
    if is_itself and not here.get("ControlAvailable"):
        say(node, "is no manager any more, and its host goes")
        return
    require_manager_of(node, cluster)
    seen = find_node(node, node_id)
    if not seen:
        say(node, f"node {node_id} has left the swarm before")
        return
    if name_of(seen) not in ("", node):
        say(
            node,
            f"leaves node {node_id} alone, which is {name_of(seen)}. If 'docker node ls' still has a node of"
            " this host, remove it: docker node rm --force",
        )
        return
    if is_itself:
        # The control address was moved by hand, or leads to one manager alone.
        fail(
            node,
            "the control address leads to this very node, which cannot remove itself. Let it lead to another"
            " manager, then run the update again",
        )
    # Tasks of other leaving nodes must not move here.
    if seen["Spec"]["Availability"] == "active":
        set_availability(node, node_id, "pause")
    # One node leaves at a time, drain included: of two replicas on two leaving nodes one always runs.
    with membership_lock(node):
        drain(node, node_id, drain_seconds)
        last = find_node(node, node_id)
        was_manager = last is not None and is_manager(last)
        if was_manager:
            demote(node, node_id)
        remove(node, node_id)
        # Where the leader went, its successor knows a node's state only when the node has reported.
        if was_manager:
            wait_until(node, WAIT_SECONDS, "the nodes to report to the leader", all_reported)
    say(node, "left the swarm")


def swarm_was_given_up(node: str, cluster: str, generation: int) -> bool:
    """Whether this host is in another swarm by now, of a later generation. No leader: nobody can say."""
    if not os.path.exists(MEMBERSHIP):
        return False
    with open(MEMBERSHIP, encoding="utf-8") as file:
        noted = file.read().split()
    if not noted or int(noted[0]) <= generation:
        return False
    swarm = wait_until(node, WAIT_SECONDS, "the swarm to have a leader", look_at_swarm)
    return swarm is not None and swarm["ID"] != cluster


def drain(node: str, node_id: str, seconds: int) -> None:
    services = wait_until(node, WAIT_SECONDS, "the swarm to list its services", lambda: (whole_services(),))
    if not services:
        fail(node, "could not be drained: the swarm does not answer")
    set_availability(node, node_id, "drain")
    if not wait_until(node, seconds, "its tasks to stop", lambda: runs_nothing(node_id)):
        say(node, "goes on: the tasks end with the host")
    (whole,) = services
    if not wait_until(node, seconds, "its tasks to run elsewhere", lambda: runs_elsewhere(node_id, whole)):
        say(node, "goes on: a service lacks replicas")


def set_availability(node: str, node_id: str, value: str) -> None:
    try:
        change_node(node, node_id, Availability=value)
    except EngineError as error:
        fail(node, f"could not be set to {value}: {error}")


def whole_services() -> set[str]:
    """Names of the services that have all their replicas. What ran on a node that is dead is counted for a
    while."""
    services = [(one["Spec"]["Name"], one["ServiceStatus"]) for one in ask("GET", "/services", status="true")]
    return {name for name, status in services if status["RunningTasks"] >= status["DesiredTasks"]}


def runs_elsewhere(node_id: str, whole: set[str]) -> bool:
    """A dead node's tasks are nowhere, whether they find another place or not."""
    return not is_ready(node_id) or whole <= whole_services()


def runs_nothing(node_id: str) -> bool:
    """A dead node runs nothing that could still be asked to stop."""
    if not is_ready(node_id):
        return True
    tasks = ask("GET", "/tasks", filters=json.dumps({"node": [node_id]}))
    return not any(task["Status"]["State"] in ALIVE for task in tasks)


def is_ready(node_id: str) -> bool:
    node = look_at_node(node_id)
    return node is not None and node["Status"]["State"] == "ready"


def all_reported() -> bool:
    return all(node["Status"]["State"] != "unknown" for node in list_nodes())
