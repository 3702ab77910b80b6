"""Reads a join token on the first manager, right after the swarm was initialised.

role: worker or manager. Out: the token, which is secret.
"""

from shared.swarm import require_manager_of
from shared.tokens import join_token


def main(node: str, cluster: str, role: str) -> None:
    print(join_token(node, require_manager_of(node, cluster), role))
