"""A join as a manager that failed halfway has left a node behind. The swarm knows it since it gave the host a
certificate; the host has joined again as another node since."""

from shared.engine import EngineError, ask
from shared.listing import hostname_of
from shared.pool import Pool
from shared.progress import WAIT_SECONDS, fail, say, wait_until
from shared.swarm import is_manager, list_nodes, look_at_node, membership_lock, name_of, node_path


def remove_failed_joins(pool: Pool) -> None:
    """Takes out what has the hostname of a manager of this pool, wants to be a manager and is none, and has
    no name of the program's."""
    nodes = wait_until(pool.name, WAIT_SECONDS, "the swarm to list its managers", list_nodes)
    if not nodes:
        fail(pool.name, "the swarm does not answer")
    hostnames = {hostname_of(node) for node in nodes if node["ID"] in pool.nodes} - {""}
    for node in nodes:
        if is_manager(node) and not node.get("ManagerStatus") and not name_of(node):
            if hostname_of(node) in hostnames:
                remove_failed_join(hostname_of(node), node["ID"])


def remove_failed_join(hostname: str, node_id: str) -> None:
    """Not by force: the engine refuses to remove what is alive, and what has just failed it takes for alive
    for some seconds."""
    refusal = ""

    def is_removed() -> bool:
        nonlocal refusal
        try:
            ask("DELETE", node_path(node_id))
        except EngineError as error:
            refusal = str(error)
            return not look_at_node(node_id)
        return True

    what = f"node {node_id}, which a failed join left, to be given up by the swarm"
    with membership_lock(hostname):
        if wait_until(hostname, WAIT_SECONDS, what, is_removed):
            say(hostname, f"removed node {node_id}, which a failed join had left")
        else:
            say(
                hostname,
                f"leaves node {node_id} alone, which has this host's name and is no manager: {refusal}",
            )
