#!/bin/sh
# Removes stack $1, and waits at most $2 seconds until its tasks have ended.
set -eu
docker stack rm "$1" >&2
waited=0
while [ -n "$(docker stack ps --quiet "$1" 2>/dev/null)" ] && [ "$waited" -lt "$2" ]; do
  sleep 1
  waited=$((waited + 1))
done
