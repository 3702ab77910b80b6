"""The engine's API, on its own socket."""

import http.client
import json
import os
import re
import socket
import urllib.parse
from typing import Any, Optional

SOCKET = os.environ.get("DOCKER_SOCKET", "/var/run/docker.sock")
# In seconds. A manager that finds no leader takes 20 to say so.
LOOK_SECONDS, CHANGE_SECONDS = 30, 60
# What the engine says where another writer, or an election, was in the way. Swarm objects are versioned: who
# was slower has only to look again.
PASSING = "out of sequence|deadline exceeded|no leader|not have a leader|proposal dropped|leadership"

# An object of the engine's.
Json = dict[str, Any]


class EngineError(Exception):
    """The engine refused (status: HTTP's), or did not answer (0)."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status
        self.passes = re.search(PASSING, message) is not None


class Connection(http.client.HTTPConnection):
    """HTTP over the engine's socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(SOCKET)


def ask(method: str, path: str, body: Optional[Json] = None, **query: Any) -> Any:
    """What the engine answers. A path without a version is of the engine's own."""
    connection = Connection("docker", timeout=LOOK_SECONDS if method == "GET" else CHANGE_SECONDS)
    path = f"{path}?{urllib.parse.urlencode(query)}"
    content = None if body is None else json.dumps(body)
    try:
        connection.request(method, path, content, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        said = json.loads(text or "null")
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise EngineError(0, f"the Docker engine did not answer: {error}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise EngineError(answer.status, said["message"])
    return said


def look_at_engine() -> Json:
    """What the engine says of itself, in short; nothing where none answers."""
    try:
        return ask("GET", "/info")
    except EngineError:
        return {}
