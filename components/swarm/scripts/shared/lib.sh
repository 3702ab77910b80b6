# shellcheck shell=bash
# What every script that runs a host's own programs shares. A script is sent with what it sources, in one stdin: nothing is
# installed.
# In: NODE (the node's name, for messages), WAIT_SECONDS (what the engine is given to answer, or to find its swarm).
set -euo pipefail

# Progress and errors go to stderr: stdout is the result.
say() { printf '%s: %s\n' "$NODE" "$*" >&2; }
fail() {
  printf '%s: error: %s\n' "$NODE" "$*" >&2
  exit 1
}

# wait_until SECONDS WHAT COMMAND...: runs COMMAND until it succeeds. Returns 1, having said what it waited for.
wait_until() {
  local limit=$1 what=$2 start=$SECONDS
  shift 2
  until "$@"; do
    if ((SECONDS - start >= limit)); then
      say "waited $limit s for $what"
      return 1
    fi
    sleep 0.1
  done
}

# Whether a port answers: answers IP:PORT.
# shellcheck disable=SC2016 # $1 is the inner shell's
answers() { timeout 1 bash -c 'exec 3<>"/dev/tcp/${1%:*}/${1##*:}"' _ "$1" 2>/dev/null; }

DOCKER_SOCKET=${DOCKER_SOCKET:-/var/run/docker.sock}
# What the engine says of the swarm, in one call: "-" where there is nothing, all empty where no engine answers.
look_at_swarm() {
  # Without the engine's ID it is docker's command that speaks, of an engine that does not answer. A cluster without an
  # ID is one without a leader.
  local -r view='{{if .ID}}{{with .Swarm}}{{.LocalNodeState}} {{.ControlAvailable}} {{or .NodeID "-"}} {{with .Cluster}}{{or .ID "-"}}{{else}}-{{end}}{{end}}{{end}}'
  # shellcheck disable=SC2034 # for the scripts
  read -r SWARM_STATE SWARM_MANAGER SWARM_NODE SWARM_CLUSTER < <(docker info --format "$view" 2>/dev/null) || true
}
# One field of the engine's view of the swarm, where look_at_swarm has not got it.
swarm_field() { docker info --format "{{$1}}" 2>/dev/null; }

# A manager's host does its part of the membership work in Python.
require_python() {
  python3 -I -S -c 'import http.client, sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null ||
    fail "a manager needs python3, 3.9 or newer, which this host ($(hostname)) does not have: install it, then run the update again"
}
