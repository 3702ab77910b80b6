"""What of a node is not always there."""

from shared.engine import Json


def hostname_of(node: Json) -> str:
    """Empty until the node has reported."""
    return node["Description"].get("Hostname", "")


def reachability(node: Json) -> str:
    """Of a manager; empty for what takes no part in the managers' raft."""
    return (node.get("ManagerStatus") or {}).get("Reachability", "")
