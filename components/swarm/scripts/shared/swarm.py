"""The swarm as one of its managers sees it, and changes it."""

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Optional
from urllib.parse import quote

from shared.engine import EngineError, Json, ask, look_at_engine
from shared.progress import WAIT_SECONDS, fail, retry, wait_until

LOCK = os.environ.get("LOCK", "/run/lock/digitalocean-swarm.lock")
# When many nodes leave at once, the last one waits for all others. The sender sets it.
LOCK_SECONDS = 3600
# On each node: its name in the program. So an ID that a host says is its own is known to be another's.
NAME_LABEL = "digitalocean-swarm.node"


def look_at_swarm() -> Json:
    """The swarm's own object, with its join tokens. One without an ID has no leader."""
    swarm = ask("GET", "/swarm")
    if not swarm["ID"]:
        raise EngineError(0, "no leader")
    return swarm


def require_manager_of(who: str, cluster: str) -> Json:
    """The swarm, of which this host must be a manager: elsewhere nothing may be changed."""
    missing = ""

    def look() -> Json:
        nonlocal missing
        try:
            return look_at_swarm()
        except EngineError:
            missing = why_no_manager(who)
            raise

    swarm = wait_until(who, WAIT_SECONDS, "the engine and the managers' leader", look)
    if not swarm:
        fail(who, missing)
    if swarm["ID"] != cluster:
        fail(who, f"{HERE} belongs to swarm {swarm['ID']}, not to {cluster}; nothing was changed")
    return swarm


HERE = f"this host ({os.uname().nodename})"


def why_no_manager(who: str) -> str:
    """Why the engine does not manage a swarm, where that may pass; else it is said at once."""
    here = look_at_engine().get("Swarm", {})
    state = here.get("LocalNodeState", "")
    if state in ("", "pending"):
        return (
            f"the Docker engine of {HERE} does not answer, or does not find its swarm; see 'journalctl -u"
            " docker' on it"
        )
    if state == "locked":
        fail(who, f"{HERE} is locked: unlock it with 'docker swarm unlock', then run the update again")
    if not here["ControlAvailable"]:
        fail(
            who,
            f"{HERE} is not a manager of the swarm (state: {state}); set swarm.reconcile to another value, or"
            " replace the node",
        )
    return (
        "the swarm has no leader: more than half of its managers must be up. Bring them back, then run the"
        " update again; if they are gone for good, raise swarm.generation by one"
    )


@contextmanager
def membership_lock(who: str) -> Iterator[None]:
    """Membership changes are made one at a time. The lock is the control host's, where all of them run."""

    def give_up(*_: Any) -> None:
        fail(
            who,
            f"other membership changes have held {LOCK} for {LOCK_SECONDS} s; see which with 'fuser {LOCK}'",
        )

    with open(LOCK, "w", encoding="utf-8") as file:
        signal.signal(signal.SIGALRM, give_up)
        signal.alarm(LOCK_SECONDS)
        fcntl.flock(file, fcntl.LOCK_EX)
        signal.alarm(0)
        yield


def node_path(node_id: str) -> str:
    """An ID is a host's own word: it must not lead anywhere else."""
    return f"/nodes/{quote(node_id, safe='')}"


def list_nodes() -> list[Json]:
    return ask("GET", "/nodes")


def look_at_node(node_id: str) -> Optional[Json]:
    """A node, or nothing if the swarm does not know it. Only a clear no is a no."""
    try:
        return ask("GET", node_path(node_id))
    except EngineError as error:
        if error.status == 404:
            return None
        raise


def find_node(who: str, node_id: str) -> Optional[Json]:
    """The same, as soon as the swarm answers: one that has just lost its leader knows nobody."""
    seen = wait_until(who, WAIT_SECONDS, "the swarm to answer", lambda: [look_at_node(node_id)])
    if not seen:
        fail(who, "the swarm does not answer")
    return seen[0]


def update_node(node: Json, spec: Json) -> None:
    """The engine refuses what was made of a node that has changed since."""
    ask("POST", f"{node_path(node['ID'])}/update", spec, version=node["Version"]["Index"])


def change_node(who: str, node_id: str, **fields: str) -> None:
    """Changes what a node is to be."""

    def change() -> None:
        node = ask("GET", node_path(node_id))
        spec = {**node["Spec"], **fields}
        if spec != node["Spec"]:
            update_node(node, spec)

    retry(who, change)


def labels_of(spec: Json) -> dict[str, str]:
    return spec.get("Labels") or {}


def name_of(node: Json) -> str:
    """A node's name in the program."""
    return labels_of(node["Spec"]).get(NAME_LABEL, "")


def is_manager(node: Json) -> bool:
    """Whether it is to be one: not yet, maybe."""
    return node["Spec"]["Role"] == "manager"
