"""Takes a node out of the swarm, as a manager first. The membership lock is held."""

from shared.engine import EngineError, ask
from shared.progress import WAIT_SECONDS, fail, retry, wait_until
from shared.swarm import change_node, find_node, is_manager, look_at_node, node_path


def demote(who: str, node_id: str) -> None:
    """Returns when the node is no manager any more."""
    try:
        change_node(who, node_id, Role="worker")
    except EngineError as error:
        # After --force-new-cluster it is a manager by name alone, and may be removed as it is.
        if "can't find manager in raft memberlist" in str(error) or not find_node(who, node_id):
            return
        fail(
            who,
            f"could not be demoted: {error}. Where the remaining managers would lose quorum, bring the others"
            " back first ('docker node ls' on the control endpoint shows them)",
        )
    seconds = 2 * WAIT_SECONDS
    if not wait_until(who, seconds, "it to leave the managers", lambda: is_no_manager(node_id)):
        fail(who, f"is still a manager {seconds} s after it was demoted")


def is_no_manager(node_id: str) -> bool:
    node = look_at_node(node_id)
    return not node or not is_manager(node) and not node.get("ManagerStatus")


def remove(who: str, node_id: str) -> None:
    try:
        retry(who, lambda: ask("DELETE", node_path(node_id), force=1))
    except EngineError as error:
        if find_node(who, node_id):
            fail(who, f"could not be removed: {error}")
