#!/bin/sh
# Deploys the compose file on stdin as stack $1, and waits at most $2 seconds until every service has its replicas.
set -eu
docker stack deploy --prune --compose-file - "$1" >&2

services() { docker stack services --format '{{.Name}} {{.Replicas}}' "$1"; }
converged() { services "$1" | awk '{ split($2, n, "/"); if (n[1] != n[2]) bad = 1 } END { exit bad }'; }

waited=0
until converged "$1"; do
  if [ "$waited" -ge "$2" ]; then
    echo "stack $1: error: a service does not have its replicas after $2 s:" >&2
    docker stack ps --no-trunc --format '{{.Name}}: {{.CurrentState}} {{.Error}}' "$1" >&2
    exit 1
  fi
  sleep 1
  waited=$((waited + 1))
done
services "$1"
