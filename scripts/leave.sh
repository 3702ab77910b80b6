# shellcheck shell=bash
# Takes one node out of the swarm before its host goes: drain, demote, remove. Run on the control endpoint.
# In: CLUSTER, ID (the node's), DRAIN_SECONDS.
main() {
  require_manager_of "$CLUSTER"
  if ! node_known "$ID"; then
    say "node $ID has left the swarm before"
    return
  fi
  [[ $(swarm_field .Swarm.NodeID) != "$ID" ]] ||
    fail "the control endpoint is this very node, which cannot remove itself. With controlEndpoint 'reservedIp' the endpoint moves to the next first manager"
  drain
  lock_membership
  demote
  remove
  say "left the swarm"
}

drain() {
  retry_conflict docker node update --availability drain "$ID" >/dev/null || fail "could not be drained"
  # A dead node runs nothing that could still be asked to stop.
  [[ $(node_field "$ID" .Status.State) == ready ]] || return 0
  wait_until "$DRAIN_SECONDS" "its tasks to stop" runs_nothing || say "goes on: the tasks end with the host"
}

# Tasks that run, or are about to.
runs_nothing() {
  local states
  states=$(docker node ps --no-trunc --format '{{.CurrentState}}' "$ID" 2>/dev/null) || return 1
  ! grep -qE '^(New|Pending|Assigned|Accepted|Preparing|Ready|Starting|Running)' <<<"$states"
}

demote() {
  [[ $(node_field "$ID" .Spec.Role) == manager ]] || return 0
  retry_conflict docker node demote "$ID" >/dev/null ||
    fail "could not be demoted: the remaining managers would lose quorum. Bring the others back first ('docker node ls' on the control endpoint shows them)"
  wait_until 120 "it to leave the managers" is_no_manager || fail "is still a manager 120 s after it was demoted"
}
is_no_manager() { [[ $(node_field "$ID" '.Spec.Role}}{{with .ManagerStatus}}{{.Addr}}{{end') == worker ]]; }

remove() {
  local out
  if ! out=$(retry_conflict docker node rm --force "$ID" 2>&1); then
    node_known "$ID" || return 0
    fail "could not be removed: $out"
  fi
}
