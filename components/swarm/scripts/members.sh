# shellcheck shell=bash
# Lists the nodes that the managers know, on the control endpoint: what hosts take themselves for is held against it.
# In: CLUSTER, ASKED (why: another value asks again), WAIT_SECONDS.
# Out: a line per node: ID, manager or worker (as it is), hostname, and the name label.
main() {
  # The first manager may be about to join again.
  look_at_cluster || wait_until "$WAIT_SECONDS" "this host to be a manager" look_at_cluster || true
  require_manager_of "$CLUSTER"
  local nodes
  wait_until 60 "the managers to list the nodes" look_at_members || fail "the swarm does not list its nodes"
  printf '%s\n' "$nodes"
}

look_at_members() {
  local ids
  mapfile -t ids < <(docker node ls --quiet 2>/dev/null)
  ((${#ids[@]} > 0)) || return 1
  nodes=$(docker node inspect --format "{{.ID}} {{if .ManagerStatus}}manager{{else}}worker{{end}} {{.Description.Hostname}} {{index .Spec.Labels \"$NAME_LABEL\"}}" "${ids[@]}" 2>/dev/null)
}
