# shellcheck shell=bash
# For settle.sh: a manager that was replaced after its host was lost. The swarm knows its dead predecessor by the name
# label that both have. It counts as a manager until it is removed, so that a restart of one more could cost the quorum.

# Removes dead predecessors of this pool's managers. A living one leaves by leave.sh, when its successor is settled.
remove_dead_predecessors() {
  wait_until 60 "the swarm to list its managers" look_at_managers || fail "the swarm does not answer"
  local id ours=0
  for id in "${IDS[@]}"; do ! is "$id" manager || ours=$((ours + 1)); done
  (($(count_of '"Role":"manager"') > ours)) || return 0
  local dead name
  dead=$(dead_predecessors)
  while read -r -u 3 id name; do
    [[ -z $id ]] || NODE=$name remove_dead_predecessor "$id"
  done 3<<<"$dead"
}

remove_dead_predecessor() (
  lock_membership
  demote "$1"
  remove "$1"
  say "removed its predecessor, node $1, whose host is lost"
)

# A line for each: ID and name.
dead_predecessors() {
  local managers addresses id name
  wait_until 60 "the swarm to name its managers" look_at_names || fail "the swarm does not answer"
  while read -r -u 3 id name; do
    [[ -z ${NAMES[$id]-} && " ${NAMES[*]} " == *" $name "* ]] || continue
    NODE=$name wait_until 60 "its predecessor, node $id, to be seen as up or down" has_a_clear_state "$id" || continue
    ! is_dead "$id" || echo "$id $name"
  done 3<<<"$managers"
}
look_at_names() {
  managers=$(inspect_managers "{{.ID}} {{index .Spec.Labels \"$NAME_LABEL\"}}") &&
    addresses=$(docker node inspect --format '{{.Status.Addr}}' "${IDS[@]}" 2>/dev/null) || return 1
  addresses=" ${addresses//$'\n'/ } "
}

# A host that has just died is still ready for some seconds. Reads `addresses`.
has_a_clear_state() {
  local state
  state=$(state_of "$1") || return 1
  [[ $state == "down "* || $state == *" reachable "* ]] || has_an_address_of_ours "$state"
}
# Two hosts cannot have one address: the one that is not in this pool any more has lost it, whatever its state. To the
# other managers it seems reachable, as somebody answers there.
is_dead() {
  local state
  state=$(state_of "$1") || return 1
  [[ $state == "down "* ]] || has_an_address_of_ours "$state"
}
has_an_address_of_ours() {
  local address=${1##* }
  [[ -n $address && $addresses == *" ${address%:*} "* ]]
}
# State, reachability (none: not in raft), and address with its port.
state_of() { node_field "$1" '.Status.State}} {{with .ManagerStatus}}{{.Reachability}} {{.Addr}}{{else}}none {{end'; }
