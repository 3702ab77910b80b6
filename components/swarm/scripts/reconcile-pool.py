"""Gives the nodes of one pool their role, availability and labels, from the first manager; with the managers
the swarm gets its settings. What is already so is left alone.

A label keeps whose ID it is: a node ID that is another node's already is refused. Dead predecessors of
managers and what failed joins left are removed.

role: manager or worker. data_path_port: 0 where it is not to be asked. reconcile: another value puts back
what was changed by hand. roster: JSON, for each node id, name, availability and labels. The rest is for
managers: see settings.py.
"""

from shared.engine import Json
from shared.failed_joins import remove_failed_joins
from shared.listing import reachability
from shared.newcomers import look_at_newcomers
from shared.pool import Pool, Wanted
from shared.predecessors import remove_dead_predecessors
from shared.progress import WAIT_SECONDS, fail, say, wait_until
from shared.removal import demote
from shared.settings import apply_settings
from shared.swarm import is_manager, membership_lock, require_manager_of


def main(
    node: str,
    cluster: str,
    role: str,
    ready_seconds: int,
    listen_port: int,
    data_path_port: int,
    reconcile: str,
    roster: str,
    cert_hours: int = 0,
    autolock: str = "",
    external_cas: str = "",
) -> None:
    pool = Pool(node, role, reconcile, roster)
    require_manager_of(node, cluster)
    if role == "manager":
        apply_settings(node, cert_hours, autolock, external_cas)
    if not pool.nodes:
        return
    pool.wait_until_ready(ready_seconds, cluster)
    look_at_newcomers(pool, cluster, data_path_port)
    if role == "manager":
        remove_dead_predecessors(pool)
        promote(pool, listen_port)
    else:
        demote_promoted(pool)
    pool.update()
    if role == "manager":
        remove_failed_joins(pool)


def demote_promoted(pool: Pool) -> None:
    """A worker that was promoted by hand stays a manager until everything is to be put back."""
    promoted = [
        node
        for node in pool.nodes.values()
        if is_manager(pool.seen[node.id]) and pool.is_to_be_put_back(node)
    ]
    for node in promoted:
        with membership_lock(node.name):
            demote(node.name, node.id)
        say(node.name, "is a worker again")
    if promoted:
        # They have changed.
        pool.seen = {}


def promote(pool: Pool, listen_port: int) -> None:
    """All at once: a manager becomes a voter when it asks for it itself, and the leader takes one after the
    other. Under the lock, so that promotions never run beside a removal."""
    promoted: list[Wanted] = [node for node in pool.nodes.values() if not is_manager(pool.seen[node.id])]
    if promoted:
        with membership_lock(pool.name):
            pool.update()
        for node in promoted:
            say(node.name, "promoted")
    if wait_until(
        pool.name, 2 * WAIT_SECONDS, "all managers to be reachable", lambda: pool.are_all(is_reachable)
    ):
        return
    for node in pool.nodes.values():
        if not is_reachable(pool.seen.get(node.id, {})):
            fail(node.name, f"is not reachable by the other managers, on port {listen_port}/tcp")


def is_reachable(node: Json) -> bool:
    return reachability(node) == "reachable"
