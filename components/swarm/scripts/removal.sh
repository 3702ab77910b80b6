# shellcheck shell=bash
# For leave.sh and predecessors.sh: takes a node out of the swarm, as a manager first. The membership lock is held.

# demote ID: returns when the node is no manager any more.
demote() {
  local out
  if ! out=$(retry_conflict docker node demote "$1" 2>&1); then
    # After --force-new-cluster it is a manager by name alone, and may be removed as it is.
    [[ $out != *"can't find manager in raft memberlist"* ]] || return 0
    node_known "$1" || return 0
    fail "could not be demoted: $out. Where the remaining managers would lose quorum, bring the others back first ('docker node ls' on the control endpoint shows them)"
  fi
  wait_until 120 "it to leave the managers" is_no_manager "$1" || fail "is still a manager 120 s after it was demoted"
}
is_no_manager() { [[ $(node_field "$1" '.Spec.Role}}{{with .ManagerStatus}}{{.Addr}}{{end') == worker ]] || ! node_known "$1"; }

# remove ID
remove() {
  local out
  if ! out=$(retry_conflict docker node rm --force "$1" 2>&1); then
    node_known "$1" || return 0
    fail "could not be removed: $out"
  fi
}
