"""Rotations of what lets nodes and managers in. None can be taken back.

The swarm itself keeps the number of each in a label, which is set in the same call that rotates: so a
rotation is made once, whoever asks for it again.
"""

from typing import NamedTuple

from shared.engine import EngineError, Json
from shared.progress import fail, retry
from shared.settings import update_swarm
from shared.swarm import labels_of, look_at_swarm


class Rotation(NamedTuple):
    """What is rotated: the label that its number is kept in, the engine's flag, and the argument that asks
    for it."""

    what: str
    label: str
    flag: str
    argument: str


TOKENS = {
    "worker": Rotation(
        "the worker token", "digitalocean-swarm.worker-token", "rotateWorkerToken", "workerTokenRotation"
    ),
    "manager": Rotation(
        "the manager token", "digitalocean-swarm.manager-token", "rotateManagerToken", "managerTokenRotation"
    ),
}
UNLOCK_KEY = Rotation(
    "the unlock key", "digitalocean-swarm.unlock-key", "rotateManagerUnlockKey", "unlockKeyRotation"
)
# The engine has no flag for it: it is a counter in its settings.
ROOT_CA = Rotation("the swarm's root CA", "digitalocean-swarm.root-ca", "", "caRotation")


def recorded(swarm: Json, rotation: Rotation) -> int:
    return int(labels_of(swarm["Spec"]).get(rotation.label, 0))


def with_labels(spec: Json, labels: dict[str, str]) -> Json:
    return {**spec, "Labels": {**labels_of(spec), **labels}}


def is_to_be_made(who: str, swarm: Json, rotation: Rotation, number: int) -> bool:
    """Whether the swarm has not seen this number yet. A lower one is refused."""
    latest = recorded(swarm, rotation)
    if latest > number:
        fail(
            who,
            f"{rotation.what} was rotated, which cannot be taken back: give swarm.{rotation.argument} its"
            f" latest value, {latest}, again, or a higher one",
        )
    return latest < number


def make(who: str, rotation: Rotation, number: int) -> Json:
    """The swarm with this rotation. The membership lock is held."""

    def change() -> Json:
        swarm = look_at_swarm()
        # What seemed to fail may have been done.
        if recorded(swarm, rotation) < number:
            spec = with_labels(swarm["Spec"], {rotation.label: str(number)})
            # One that was begun by hand goes on.
            if not rotation.flag and not swarm["RootRotationInProgress"]:
                authority = spec["CAConfig"]
                spec["CAConfig"] = {**authority, "ForceRotate": authority.get("ForceRotate", 0) + 1}
            update_swarm(swarm, spec, **({rotation.flag: "true"} if rotation.flag else {}))
        return look_at_swarm()

    try:
        return retry(who, change)
    except EngineError as error:
        fail(who, f"{rotation.what} could not be rotated: {error}")
