# shellcheck shell=bash
# For scripts that look at the swarm, or change it, on one of its managers.
LOCK=${LOCK:-/run/lock/digitalocean-swarm.lock}
LOCK_SECONDS=3600
# On each node: its name in the program. So an ID that a host says is its own is known to be another's.
# shellcheck disable=SC2034 # for the scripts
NAME_LABEL=digitalocean-swarm.node

# This host must be a manager of cluster $1; elsewhere nothing may be changed.
require_manager_of() {
  local missing
  wait_until 60 "the engine and the managers' leader" is_manager || fail "$missing"
  [[ $SWARM_CLUSTER == "$1" ]] ||
    fail "this host ($(hostname)) belongs to swarm $SWARM_CLUSTER, not to $1; nothing was changed"
}
is_manager() {
  look_at_cluster && return
  look_at_swarm
  missing="the Docker engine of this host ($(hostname)) does not answer, or does not find its swarm; see 'journalctl -u docker' on it"
  [[ -n $SWARM_STATE && $SWARM_STATE != pending ]] || return 1
  [[ $SWARM_STATE != locked ]] ||
    fail "this host ($(hostname)) is locked: unlock it with 'docker swarm unlock', then run the update again"
  [[ $SWARM_MANAGER == true ]] ||
    fail "this host ($(hostname)) is not a manager of the swarm (state: $SWARM_STATE); set swarm.reconcile to another value, or replace the node"
  missing="the swarm has no leader: more than half of its managers must be up. Bring them back, then run the update again; if they are gone for good, raise swarm.generation by one"
  return 1
}

# The join token of worker or manager, which is secret, as require_manager_of saw it.
join_token() {
  [[ $SWARM =~ \"${1^}\":\"(SWMTKN-[^\"]+)\" ]] || fail "the engine did not give the ${1}s' join token"
  printf '%s\n' "${BASH_REMATCH[1]}"
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
  ! conflicts "$out"
}
conflicts() { [[ $1 =~ "out of sequence"|"deadline exceeded"|"no leader"|"not have a leader"|"proposal dropped"|leadership ]]; }

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

# A line per manager, as docker's template $1 has it. Returns 1 where the swarm does not list them.
inspect_managers() {
  local ids
  mapfile -t ids < <(docker node ls --filter role=manager --quiet 2>/dev/null)
  ((${#ids[@]} > 0)) || return 1
  docker node inspect --format "$1" "${ids[@]}" 2>/dev/null
}
