"""The settings of the swarm that can be changed while it lives."""

from typing import Any

from shared.engine import EngineError, Json, ask
from shared.progress import fail, retry, say
from shared.swarm import look_at_swarm


def update_swarm(swarm: Json, spec: Json, **rotate: Any) -> None:
    """The engine refuses what was made of a swarm that has changed since."""
    ask("POST", "/swarm/update", spec, version=swarm["Version"]["Index"], **rotate)


def apply_settings(who: str, cert_hours: int, autolock: str, external_cas: str) -> None:
    """autolock: true or false. external_cas: URLs, as words; none leaves them as they are."""

    def change() -> bool:
        swarm = look_at_swarm()
        spec = wanted_settings(swarm["Spec"], cert_hours, autolock == "true", external_cas.split())
        if spec == swarm["Spec"]:
            return False
        update_swarm(swarm, spec)
        return True

    try:
        if retry(who, change):
            say(who, "changed the swarm's settings")
    except EngineError as error:
        fail(who, f"the swarm's settings could not be changed: {error}")


def wanted_settings(spec: Json, cert_hours: int, autolock: bool, urls: list[str]) -> Json:
    # The engine counts nanoseconds.
    authority = {**spec["CAConfig"], "NodeCertExpiry": cert_hours * 3600 * 10**9}
    if urls and urls != [one["URL"] for one in authority.get("ExternalCAs") or []]:
        authority["ExternalCAs"] = [{"Protocol": "cfssl", "URL": url} for url in urls]
    return {
        **spec,
        "CAConfig": authority,
        "EncryptionConfig": {**spec["EncryptionConfig"], "AutoLockManagers": autolock},
    }
