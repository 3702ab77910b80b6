# shellcheck shell=bash
# For scripts that restart a manager's engine: whether the others have a quorum without it.
. shared/lib.sh

# Waits until this manager may stop for a moment. What is dead and still counts as a manager would make the others too
# few, and the swarm would have no leader until this one is back, or for good if it does not come back.
wait_for_quorum_margin() {
  local count=0 dead=
  wait_until "$WAIT_SECONDS" "the managers to have a quorum without this one" may_stop && return
  fail "is not restarted: without it fewer than half of the $count managers would answer; these do not: ${dead:-(the swarm does not list its managers)}. Bring them back, or remove them with 'docker node demote' and 'docker node rm --force', then run the update again"
}

# Where even healthy managers have no quorum without one of them, as two of two, all others must be up.
may_stop() {
  local id reachability hostname up=0 self
  self=$(swarm_field .Swarm.NodeID) || return 1
  count=0 dead=
  while read -r id reachability hostname; do
    [[ $reachability != none ]] || continue
    count=$((count + 1))
    [[ $id != "$self" ]] || continue
    if [[ $reachability == reachable ]]; then up=$((up + 1)); else dead+="${dead:+, }$hostname ($id)"; fi
  done < <(inspect_managers '{{.ID}} {{with .ManagerStatus}}{{.Reachability}}{{else}}none{{end}} {{.Description.Hostname}}')
  ((count > 0 && (2 * up > count || (count <= 2 && up == count - 1))))
}

# A line per manager, as docker's template $1 has it. Returns 1 where the swarm does not list them.
inspect_managers() {
  local ids
  mapfile -t ids < <(docker node ls --filter role=manager --quiet 2>/dev/null)
  ((${#ids[@]} > 0)) || return 1
  docker node inspect --format "$1" "${ids[@]}" 2>/dev/null
}
