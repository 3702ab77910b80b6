# shellcheck shell=bash
# What every membership script shares. It is sent in front of each of them, in one stdin: nothing is installed.
# NODE is the node's name in messages, set by the caller.
set -euo pipefail

MARKER=${MARKER:-/var/lib/digitalocean-swarm/prepared}
BOOT_FINISHED=${BOOT_FINISHED:-/var/lib/cloud/instance/boot-finished}
DOCKER_SOCKET=${DOCKER_SOCKET:-/var/run/docker.sock}
LOCK=${LOCK:-/run/lock/digitalocean-swarm.lock}
LOCK_SECONDS=3600

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

# What the engine says of the swarm, in one call: "-" where there is nothing, all empty where no engine answers.
look_at_swarm() {
  local -r view='{{with .Swarm}}{{.LocalNodeState}} {{.ControlAvailable}} {{or .NodeID "-"}} {{with .Cluster}}{{.ID}}{{else}}-{{end}}{{end}}'
  # shellcheck disable=SC2034 # for the scripts
  read -r SWARM_STATE SWARM_MANAGER SWARM_NODE SWARM_CLUSTER < <(docker info --format "$view" 2>/dev/null) || true
}
# An engine that is in no swarm says so when it is pinged, for a quarter of the work (Docker 23 and later).
engine_answers() {
  if curl --silent --head --max-time 10 --unix-socket "$DOCKER_SOCKET" http://docker/_ping | grep -q '^Swarm: inactive'; then
    # shellcheck disable=SC2034 # for the scripts
    SWARM_STATE=inactive SWARM_MANAGER=false SWARM_NODE=- SWARM_CLUSTER=-
    return
  fi
  look_at_swarm
  [[ -n $SWARM_STATE ]]
}

# The host is prepared when its preparation says so, or, on a host that this project did not prepare, when cloud-init
# (if there is one) is done. A preparation that failed is reported at once, with its reason.
host_prepared() {
  if [[ -s $MARKER ]]; then
    local said
    said=$(cat "$MARKER")
    [[ $said == ok ]] || fail "the host's preparation failed: $said (log: /var/log/digitalocean-swarm-prepare.log)"
  elif command -v cloud-init >/dev/null && [[ ! -e $BOOT_FINISHED ]]; then
    return 1
  fi
  engine_answers
}

# wait_for_host SECONDS
wait_for_host() {
  wait_until "$1" "cloud-init and the Docker engine" host_prepared && return
  command -v docker >/dev/null || fail "there is no docker command; see /var/log/cloud-init-output.log on the host"
  fail "the Docker engine does not answer; see 'journalctl -u docker' and /var/log/cloud-init-output.log on the host"
}

# One field of the engine's view of the swarm, where look_at_swarm has not got it.
swarm_field() { docker info --format "{{$1}}" 2>/dev/null; }

# This host must be a manager of cluster $1; elsewhere nothing may be changed.
require_manager_of() {
  look_at_swarm
  [[ $SWARM_MANAGER == true ]] ||
    fail "this host ($(hostname)) is not a manager of the swarm (state: $SWARM_STATE); replace it, or repair it by hand"
  [[ $SWARM_CLUSTER == "$1" ]] ||
    fail "this host ($(hostname)) belongs to swarm $SWARM_CLUSTER, not to $1; nothing was changed"
}

# Swarm objects are versioned: two writers collide as "update out of sequence", and the loser has only to try again. So
# has who asked while the managers elect a leader.
retry_conflict() {
  local out failed
  wait_until 60 "the managers to agree" taken "$@" || failed=yes
  if [[ $failed ]]; then
    say "$out"
    return 1
  fi
  printf '%s\n' "$out"
}
# Runs it, for retry_conflict, and is done unless it failed for something that passes.
taken() {
  failed=
  out=$("$@" 2>&1) && return
  failed=yes
  [[ ! $out =~ "out of sequence"|"deadline exceeded"|"no leader"|"not have a leader"|"proposal dropped"|leadership ]]
}

# Membership changes are made one at a time. The lock is the control host's, where all of them run; when many nodes
# leave at once, the last one waits for all others.
lock_membership() {
  exec 9>"$LOCK"
  flock --wait "$LOCK_SECONDS" 9 ||
    fail "other membership changes have held $LOCK for $LOCK_SECONDS s; see which with 'fuser $LOCK'"
}

node_field() { docker node inspect --format "{{$2}}" "$1" 2>/dev/null; }

# Whether the swarm knows node $1. Only a clear no is a no: a swarm that has just lost its leader knows nobody.
node_known() {
  local out start=$SECONDS
  while true; do
    out=$(docker node inspect --format '{{.ID}}' "$1" 2>&1) && return 0
    [[ $out == *"not found"* || $out == *"o such node"* ]] && return 1
    ((SECONDS - start < 60)) || fail "the swarm did not answer for 60 s: $out"
    sleep 0.5
  done
}
