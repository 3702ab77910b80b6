"""A manager that was replaced after its host was lost. The swarm knows its dead predecessor by the name label
that both have. It counts as a manager until it is removed, so that a restart of one more could cost the
quorum."""

from typing import Optional

from shared.engine import Json
from shared.listing import reachability
from shared.pool import Pool
from shared.progress import WAIT_SECONDS, fail, say, wait_until
from shared.removal import demote, remove
from shared.swarm import is_manager, list_nodes, look_at_node, membership_lock, name_of


def remove_dead_predecessors(pool: Pool) -> None:
    """A living one leaves by leave.py, when the pool is reconciled with its successor."""
    nodes = wait_until(pool.name, WAIT_SECONDS, "the swarm to list its managers", list_nodes)
    if not nodes:
        fail(pool.name, "the swarm does not answer")
    names = {node.name for node in pool.nodes.values()}
    addresses = {node["Status"].get("Addr", "") for node in nodes if node["ID"] in pool.nodes} - {""}
    for node in nodes:
        if node["ID"] not in pool.nodes and is_manager(node) and name_of(node) in names:
            remove_if_dead(name_of(node), node["ID"], addresses)


def remove_if_dead(name: str, node_id: str, addresses: set[str]) -> None:
    """addresses: those of the pool's nodes."""

    def look() -> Optional[str]:
        return fate(look_at_node(node_id), addresses)

    seen = wait_until(name, WAIT_SECONDS, f"its predecessor, node {node_id}, to be seen as up or down", look)
    if seen != "dead":
        return
    with membership_lock(name):
        demote(name, node_id)
        remove(name, node_id)
    say(name, f"removed its predecessor, node {node_id}, whose host is lost")


def fate(node: Optional[Json], addresses: set[str]) -> Optional[str]:
    """dead, alive, or nothing where it is not clear: a host that has just died is still ready for some
    seconds.

    Two hosts cannot have one address: the one that is not in this pool any more has lost it, whatever its
    state. To the other managers it seems reachable, as somebody answers there.
    """
    if not node:
        return "gone"
    address = (node.get("ManagerStatus") or {}).get("Addr", "").rpartition(":")[0]
    if node["Status"]["State"] == "down" or address in addresses:
        return "dead"
    return "alive" if reachability(node) == "reachable" else None
