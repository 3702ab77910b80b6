"""Join tokens."""

from shared.engine import Json
from shared.progress import fail


def join_token(who: str, swarm: Json, role: str) -> str:
    """Secret."""
    token = swarm["JoinTokens"][role.capitalize()]
    if not token:
        fail(who, f"the engine did not give the {role}s' join token")
    return token
