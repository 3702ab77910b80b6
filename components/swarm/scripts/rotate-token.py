"""Replaces a join token, on the control endpoint, unless this rotation was made before. The old token is
refused from then on; members stay.

role: worker or manager. rotation: the token's. ca_rotation: the root CA's, which replaces the token, too, and
is made before. Out: the token, which is secret.
"""

from shared.rotation import ROOT_CA, TOKENS, is_to_be_made, make
from shared.swarm import membership_lock, require_manager_of
from shared.tokens import join_token


def main(node: str, cluster: str, role: str, rotation: int, ca_rotation: int) -> None:
    swarm = require_manager_of(node, cluster)
    is_to_be_made(node, swarm, ROOT_CA, ca_rotation)
    if is_to_be_made(node, swarm, TOKENS[role], rotation):
        with membership_lock(node):
            swarm = make(node, TOKENS[role], rotation)
    print(join_token(node, swarm, role))
