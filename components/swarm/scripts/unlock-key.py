"""Reads the key that unlocks managers, on the control endpoint, and replaces it first, unless this rotation
was made before.

Out: the key, which is secret.
"""

from shared.engine import ask
from shared.progress import fail, retry
from shared.rotation import UNLOCK_KEY, is_to_be_made, make
from shared.swarm import membership_lock, require_manager_of


def main(node: str, cluster: str, rotation: int) -> None:
    if is_to_be_made(node, require_manager_of(node, cluster), UNLOCK_KEY, rotation):
        with membership_lock(node):
            make(node, UNLOCK_KEY, rotation)
    key = retry(node, lambda: ask("GET", "/swarm/unlockkey"))["UnlockKey"]
    if not key:
        fail(node, "the swarm has no unlock key: it is not locked")
    print(key)
