# shellcheck shell=bash
# For settle.sh: a join as a manager that failed halfway has left a node behind. The swarm knows it since it gave the
# host a certificate; the host has joined again as another node since.

# Takes out what has the hostname of a manager of this pool, wants to be a manager and is none, and has no name of ours.
remove_failed_joins() {
  wait_until 60 "the swarm to list its managers" look_at_managers || fail "the swarm does not answer"
  (($(count_of '"Role":"manager"') > $(count_of '"ManagerStatus":{'))) || return 0
  local id is_member hostname name seen hostnames=' '
  seen=$(inspect_managers "{{.ID}} {{if .ManagerStatus}}yes{{else}}no{{end}} {{.Description.Hostname}} {{index .Spec.Labels \"$NAME_LABEL\"}}") || true
  while read -r id _ hostname _; do [[ -z ${NAMES[$id]-} ]] || hostnames+="$hostname "; done <<<"$seen"
  while read -r -u 3 id is_member hostname name; do
    [[ $is_member == no && -z $name && -n $hostname && $hostnames == *" $hostname "* ]] || continue
    NODE=$hostname remove_node_of_failed_join "$id"
  done 3<<<"$seen"
}

look_at_managers() {
  MANAGERS=$(curl --silent --fail --max-time 10 --unix-socket "$DOCKER_SOCKET" --get \
    --data-urlencode 'filters={"role":["manager"]}' http://docker/nodes)
}
# In JSON a quote within a text is escaped: these are not found in somebody's label.
count_of() { grep -o "$1" <<<"$MANAGERS" | grep -c . || true; }

# Not by force: the engine refuses to remove what is alive, and what has just failed it takes for alive for some seconds.
remove_node_of_failed_join() {
  local refusal
  lock_membership
  if wait_until 60 "node $1, which a failed join left, to be given up by the swarm" node_removed "$1"; then
    say "removed node $1, which a failed join had left"
  else
    say "leaves node $1 alone, which has this host's name and is no manager: $refusal"
  fi
}
node_removed() { refusal=$(docker node rm "$1" 2>&1) || ! node_known "$1"; }
