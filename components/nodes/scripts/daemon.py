"""Gives the engine's daemon.json what the program wants: daemon.py WANTED DAEMON_JSON.

What the image's file has stays, unless the program wants something else. WANTED has "wanted", and "defaults"
for a file that has none of those keys.
Out: "changed" where the file was another.
"""

import json
import os
import sys


def main(wanted: str, file: str) -> None:
    with open(wanted) as opened:
        program = json.load(opened)
    there = read(file)
    defaults = {} if there and any(key in there for key in program["defaults"]) else program["defaults"]
    merged = {**(there or {}), **defaults, **program["wanted"]}
    if merged.get("live-restore"):
        sys.exit(
            f'{file}, which the image has, says "live-restore", with which no engine of a swarm starts: '
            "take it out of the image, or say `live-restore: false` in `daemon.raw`"
        )
    if merged != there:
        write(file, merged)
        print("changed")


def read(file: str):
    """What the file says; None where there is none, or an empty one."""
    try:
        with open(file) as opened:
            text = opened.read()
        there = json.loads(text) if text.strip() else None
    except FileNotFoundError:
        return None
    except ValueError as error:
        sys.exit(f"{file}, which the image has, is not what an engine takes: {error}")
    if there is not None and not isinstance(there, dict):
        sys.exit(f"{file}, which the image has, is not what an engine takes: it is no object")
    return there


def write(file: str, content: dict) -> None:
    os.makedirs(os.path.dirname(file), exist_ok=True)
    # Options of log drivers may be secrets. Written aside and moved, so that it is never read half.
    with open(os.open(f"{file}.new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as opened:
        json.dump(content, opened, indent=2)
        opened.write("\n")
    os.replace(f"{file}.new", file)


main(*sys.argv[1:])
