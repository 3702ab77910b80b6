# shellcheck shell=bash
# Makes this host a member of the swarm, through the first address that answers. On a member it changes nothing, also
# where the member's swarm does not run.
# In: CLUSTER, TOKEN (secret), PEERS (ip:port, in order of preference), ADVERTISE, LISTEN, DATA_PATH, BOOT_SECONDS,
#     JOIN_SECONDS.  Out: the node's ID.
main() {
  wait_for_host "$BOOT_SECONDS"
  local deadline=$((SECONDS + JOIN_SECONDS)) reason='' asked=''
  while [[ $SWARM_STATE != active || $SWARM_NODE == - ]]; do
    ((SECONDS < deadline)) || fail "could not join within $JOIN_SECONDS s: ${reason:-no manager of swarm $CLUSTER answered at: $PEERS}"
    case $SWARM_STATE in
      locked) fail "the engine's swarm state is locked: unlock it with 'docker swarm unlock', then run the update again" ;;
      inactive) join_through_first_answering || sleep 0.2 ;;
      error) leave_failed_join ;;
      active) reason="the engine has no node ID" && sleep 0.2 ;;
      *) sleep 0.2 ;;
    esac
    look_at_swarm
  done
  # Only managers know which swarm they are in; workers are checked from the other end, by settle.sh.
  [[ $SWARM_CLUSTER == - || $SWARM_CLUSTER == "$CLUSTER" ]] ||
    fail "this host is in swarm $SWARM_CLUSTER, not in $CLUSTER. Take it out with 'docker swarm leave --force', then run the update again"
  printf '%s\n' "$SWARM_NODE"
}

# docker swarm join takes 10 s to fail against a closed port: ask the port first.
# shellcheck disable=SC2016 # $1 is the inner shell's
answers() { timeout 1 bash -c 'exec 3<>"/dev/tcp/${1%:*}/${1##*:}"' _ "$1" 2>/dev/null; }

# Returns 1 when none let this host in.
join_through_first_answering() {
  local peer
  for peer in $PEERS; do
    # A host that is no member may well reach itself, as the holder of a reserved IP does.
    answers "$peer" || continue
    say "joining through $peer"
    join_through "$peer" && return
  done
  return 1
}

# The token goes to the engine's socket by stdin: as an argument of docker it would show in ps.
join_through() {
  local answer
  asked=yes
  answer=$(printf '{"ListenAddr":"%s","AdvertiseAddr":"%s","DataPathAddr":"%s","RemoteAddrs":["%s"],"JoinToken":"%s"}' \
    "$LISTEN" "$ADVERTISE" "$DATA_PATH" "$1" "$TOKEN" |
    curl --silent --show-error --max-time 60 --unix-socket "$DOCKER_SOCKET" --header 'Content-Type: application/json' \
      --data-binary @- --write-out '%{http_code}' http://docker/swarm/join 2>&1) || true
  case $answer in
    *200) return 0 ;;
    # "invalid join token", "A valid join token is necessary to join this cluster"
    *"valid join token"*) fail "the swarm refused the join token: it was rotated by hand, or its rotation was set back to an earlier value. Raise the token's rotation by one and run the update again" ;;
    # The engine stops waiting after 20 s while the join goes on.
    *"Timeout was reached"*) say "the join through $1 goes on in the background" ;;
    *) reason=${answer%???} && say "$reason" && return 1 ;;
  esac
}

# Leaving takes from a member all that it knows, from the only manager the swarm: only an engine that never was one may.
leave_failed_join() {
  reason=$(swarm_field .Swarm.Error) || true
  [[ $asked ]] || join_in_progress ||
    fail "is a member whose swarm does not run: $reason. Repair the engine (see 'journalctl -u docker' on the host) or replace the node; nothing was changed"
  say "the join failed: $reason"
  docker swarm leave --force >/dev/null 2>&1 || true
}

# What a run that was interrupted began; the engine notes it until it is a member.
join_in_progress() { grep -q '"JoinInProgress":true' "$(swarm_field .DockerRootDir)/swarm/docker-state.json" 2>/dev/null; }
