# shellcheck shell=bash
# Takes one node out of the swarm before its host goes: drain, demote, remove. Run on the control endpoint.
# In: CLUSTER, GENERATION (the swarm's), ID (the node's), DRAIN_SECONDS.
main() {
  # Without a leader nobody can say which swarm it is.
  if (($(generation_here) > GENERATION)) && wait_until 60 "the swarm to have a leader" look_at_cluster &&
    [[ $SWARM_CLUSTER != "$CLUSTER" ]]; then
    say "swarm $CLUSTER was given up for another: there is nothing to leave"
    return
  fi
  look_at_swarm
  local itself=
  [[ $SWARM_NODE != "$ID" ]] || itself=yes
  if [[ $itself && $SWARM_MANAGER != true ]]; then
    say "is no manager any more, and its host goes"
    return
  fi
  require_manager_of "$CLUSTER"
  if ! node_known "$ID"; then
    say "node $ID has left the swarm before"
    return
  fi
  local name
  wait_until 60 "the swarm to know its name" look_at_name || fail "could not be looked at: the swarm does not answer"
  if [[ -n $name && $name != "$NODE" ]]; then
    say "leaves node $ID alone, which is $name. If 'docker node ls' still has a node of this host, remove it: docker node rm --force"
    return
  fi
  [[ ! $itself ]] || refuse_to_remove_itself
  # Tasks of other leaving nodes must not move here.
  [[ $(node_field "$ID" .Spec.Availability) != active ]] || availability pause
  # One node leaves at a time, drain included: of two replicas on two leaving nodes one always runs.
  lock_membership
  drain
  local role
  wait_until 60 "the swarm to know its role" look_at_role || fail "could not be looked at: the swarm does not answer"
  [[ $role != manager ]] || demote "$ID"
  remove "$ID"
  # Where the leader went, its successor knows a node's state only when the node has reported.
  [[ $role != manager ]] || wait_until 60 "the nodes to report to the leader" all_reported || true
  say "left the swarm"
}

# The control address was moved by hand, or leads to one manager alone.
refuse_to_remove_itself() {
  fail "the control address leads to this very node, which cannot remove itself. Let it lead to another manager, then run the update again"
}

look_at_name() { name=$(node_field "$ID" "index .Spec.Labels \"$NAME_LABEL\""); }
look_at_role() { role=$(node_field "$ID" .Spec.Role); }

drain() {
  local whole
  wait_until 60 "the swarm to list its services" look_at_services ||
    fail "could not be drained: the swarm does not answer"
  availability drain
  wait_until "$DRAIN_SECONDS" "its tasks to stop" runs_nothing || say "goes on: the tasks end with the host"
  # A dead node's tasks are nowhere, whether they find another place or not.
  [[ $(node_field "$ID" .Status.State) == ready ]] || return 0
  wait_until "$DRAIN_SECONDS" "its tasks to run elsewhere" whole_again "$whole" || say "goes on: a service lacks replicas"
}

availability() {
  retry_conflict docker node update --availability "$1" "$ID" >/dev/null || fail "could not be set to $1"
}

# Names of the services that have all their replicas. What ran on a node that is dead is counted for a while.
whole_services() {
  docker service ls --format '{{.Name}} {{.Replicas}}' 2>/dev/null | awk '{ split($2, n, "/"); if (n[1] + 0 >= n[2] + 0) print $1 }'
}
look_at_services() { whole=$(whole_services); }
whole_again() {
  local now name
  now=$(whole_services) || return 1
  for name in $1; do [[ $'\n'$now$'\n' == *$'\n'$name$'\n'* ]] || return 1; done
}

# Tasks that run, or are about to. A dead node runs nothing that could still be asked to stop.
runs_nothing() {
  local states
  [[ $(node_field "$ID" .Status.State) == ready ]] || return 0
  states=$(docker node ps --no-trunc --format '{{.CurrentState}}' "$ID" 2>/dev/null) || return 1
  ! grep -qE '^(New|Pending|Assigned|Accepted|Preparing|Ready|Starting|Running)' <<<"$states"
}

all_reported() {
  local states
  states=$(docker node ls --format '{{.Status}}' 2>/dev/null) && [[ $states != *Unknown* ]]
}
