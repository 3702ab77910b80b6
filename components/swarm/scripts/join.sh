# shellcheck shell=bash
# Makes this host a member of the swarm, through the first address that answers. On a member it changes nothing, also
# where the member's swarm does not run.
# In: CLUSTER, KIND (manager or worker), JOINS (a line per peer, in order of preference, and a
#     line's end: ip:port, and the request to the engine in JSON; secret), LISTEN (ip:port), DATA_PATH_PORT, BOOT_SECONDS, JOIN_SECONDS, GENERATION, RECONCILE, KNOWN.
#     Out: the node's ID.
#     For a manager that is to serve the Docker API: CA, CERTIFICATE, KEY (secret).
#     KNOWN is what the managers know of this host: "ID:ROLE ..." or "nothing"; empty where they were not asked; and
#     "manager" for the first manager, which must be one by its own account.
. shared/host.sh
. shared/host-firewall.sh
. shared/port-responder.sh

main() {
  [[ $KIND != manager ]] || require_python
  wait_for_host "$BOOT_SECONDS"
  local -r asked_for="$GENERATION $RECONCILE"
  if [[ ! -e $MEMBERSHIP || $(<"$MEMBERSHIP") != "$asked_for" ]]; then
    check_membership
    note_membership "$asked_for"
    warn_of_host_firewall
    # Nobody asks the first manager: it is the one that does.
    [[ $KNOWN == manager ]] || answer_port_checks
  fi
  # A manager that has just joined may not be restarted: it would not find the others again.
  [[ $SWARM_STATE != inactive || ! ${CERTIFICATE-} ]] || is_served || serve
  local deadline=$((SECONDS + JOIN_SECONDS)) reason='' asked=''
  while [[ $SWARM_STATE != active || $SWARM_NODE == - ]]; do
    ((SECONDS < deadline)) || give_up "$reason"
    case $SWARM_STATE in
      locked) fail "the engine's swarm state is locked: unlock it with 'docker swarm unlock', then run the update again" ;;
      inactive) join_through_first_answering || sleep 0.2 ;;
      error) leave_failed_join ;;
      active) reason="the engine has no node ID" && sleep 0.2 ;;
      *) sleep 0.2 ;;
    esac
    look_at_swarm
  done
  # Only managers know which swarm they are in; workers are checked from the other end, by reconcile-pool.py.
  [[ $SWARM_CLUSTER == - || $SWARM_CLUSTER == "$CLUSTER" ]] ||
    fail "this host is in swarm $SWARM_CLUSTER, not in $CLUSTER. Take it out with 'docker swarm leave --force', then run the update again"
  printf '%s\n' "$SWARM_NODE"
}

# give_up REASON: the last one, or empty.
give_up() {
  local -r way_out='if they are gone for good, raise swarm.generation by one'
  case $1 in
    '') fail "could not join within $JOIN_SECONDS s: no manager of swarm $CLUSTER answered at: $(peers); $way_out" ;;
    *'not have a leader'*) fail "could not join within $JOIN_SECONDS s, as more than half of the managers do not answer: bring them back; $way_out ($1)" ;;
    *) fail "could not join within $JOIN_SECONDS s: $1" ;;
  esac
}

# Where the program asks for it, by another generation or another value of swarm.reconcile, what this host takes itself
# for is held against what the managers know, once: a host that has joined since then is believed.
check_membership() {
  is_what_the_managers_know && return
  say "takes itself for node $SWARM_NODE, which the managers do not know as that: it leaves, and joins again"
  docker swarm leave --force >/dev/null
  look_at_swarm
}
is_what_the_managers_know() {
  [[ $KNOWN ]] || return 0
  [[ $SWARM_STATE != pending ]] || wait_until "$WAIT_SECONDS" "the engine to find its swarm again" knows_its_state || true
  case $SWARM_STATE in
    active)
      local role=worker
      [[ $SWARM_MANAGER != true ]] || role=manager
      # A first manager without a quorum stays: it has the swarm's state.
      [[ $KNOWN == "$role" || " $KNOWN " == *" $SWARM_NODE:$role "* ]] ;;
    # A manager whose swarm went on without it.
    pending) [[ $KNOWN == manager || " $KNOWN " == *" $SWARM_NODE:manager "* ]] ;;
    *) return 0 ;;
  esac
}
knows_its_state() {
  look_at_swarm
  [[ -n $SWARM_STATE && $SWARM_STATE != pending ]]
}

peers() { printf '%s' "$JOINS" | cut -d ' ' -f 1 | paste -sd ' ' -; }

# docker swarm join takes 10 s to fail against a closed port: the port is asked first. Returns 1 when none let this host in.
join_through_first_answering() {
  local peer request
  while read -r -u 3 peer request; do
    # A host that is no member may well reach itself, as the holder of a reserved IP does.
    answers "$peer" || continue
    say "joining through $peer"
    join_through "$peer" "$request" && return
  done 3< <(printf '%s' "$JOINS")
  return 1
}

# join_through PEER REQUEST. The token goes to the engine's socket by stdin: as an argument of docker it would show in ps.
join_through() {
  local answer
  asked=yes
  answer=$(printf '%s' "$2" | curl --silent --show-error --max-time 60 --unix-socket "$DOCKER_SOCKET" \
    --header 'Content-Type: application/json' --data-binary @- --write-out '%{http_code}' http://docker/swarm/join 2>&1) || true
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
