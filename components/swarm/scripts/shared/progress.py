"""What is said, and what is waited for. Progress and errors go to stderr: stdout is the result."""

import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn, Optional, TypeVar

from shared.engine import EngineError

T = TypeVar("T")
# What the engine and the managers are given to answer, to agree, to elect a leader. The sender sets it, as
# bounds of its own are made of it.
WAIT_SECONDS = 60


def run(script: Callable[..., None], node: str, **given: Any) -> None:
    """Runs a script with what it was sent."""
    try:
        script(node, **given)
    except EngineError as error:
        fail(node, str(error))


def say(who: str, text: str) -> None:
    print(f"{who}: {text}", file=sys.stderr, flush=True)


def fail(who: str, text: str) -> NoReturn:
    say(who, f"error: {text}")
    sys.exit(1)


def wait_until(who: str, seconds: float, what: str, condition: Callable[[], T]) -> Optional[T]:
    """What a condition gives as soon as it is true; nothing where it was not in time, and says what it waited
    for. An engine that does not answer, or finds no leader, may do so later."""
    start = time.monotonic()
    while True:
        reason = ""
        try:
            found = condition()
            if found:
                return found
        except EngineError as error:
            reason = f": {error}"
        if time.monotonic() - start >= seconds:
            say(who, f"waited {seconds} s for {what}{reason}")
            return None
        time.sleep(0.1)


def retry(who: str, change: Callable[[], T]) -> T:
    """Makes a change that another writer, or an election, may be in the way of."""
    start = time.monotonic()
    while True:
        try:
            return change()
        except EngineError as error:
            if not error.passes:
                raise
            if time.monotonic() - start >= WAIT_SECONDS:
                say(who, f"waited {WAIT_SECONDS} s for the managers to agree")
                raise
        time.sleep(0.1)
