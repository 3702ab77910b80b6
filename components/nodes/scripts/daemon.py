"""Gives the engine's daemon.json what the program wants: daemon.py WANTED DAEMON_JSON. Says "changed" where it differed.

What the image's file has stays, unless the program wants something else. WANTED has "wanted", and "defaults" for a file
that has none of those keys.
"""
import json
import os
import sys

wanted_file, file = sys.argv[1:]
with open(wanted_file) as opened:
    program = json.load(opened)
try:
    with open(file) as opened:
        text = opened.read()
except FileNotFoundError:
    text = ""
try:
    there = json.loads(text) if text.strip() else {}
    if not isinstance(there, dict):
        raise ValueError("it is no object")
except ValueError as error:
    sys.exit(f"{file}, which the image has, is not what an engine takes: {error}")

defaults = program["defaults"]
if any(key in there for key in defaults):
    defaults = {}
merged = {**there, **defaults, **program["wanted"]}
if merged.get("live-restore"):
    sys.exit(
        f'{file}, which the image has, says "live-restore", with which no engine of a swarm starts: '
        "take it out of the image, or say `live-restore: false` in `daemon.raw`"
    )
if merged == there and text:
    sys.exit()

os.makedirs(os.path.dirname(file), exist_ok=True)
# Options of log drivers may be secrets. Written aside and moved, so that it is never read half.
with open(os.open(f"{file}.new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as opened:
    json.dump(merged, opened, indent=2)
    opened.write("\n")
os.replace(f"{file}.new", file)
print("changed")
