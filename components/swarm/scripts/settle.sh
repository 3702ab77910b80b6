# shellcheck shell=bash
# Gives the nodes of one pool their role, availability and labels, from the first manager; with the managers the swarm
# gets its settings. What is already so is left alone: one look shows all nodes, whatever their number.
# A label keeps whose ID it is: a node ID that is another node's already is refused. Dead predecessors of managers and
# what failed joins left are removed.
# In: CLUSTER, ROLE (manager or worker), READY_SECONDS, LISTEN_PORT, DATA_PATH_PORT, RECONCILE (another value puts back what was changed by
#     hand), ROSTER: a line per node, "ID NAME AVAILABILITY KEY=VALUE...", with labels quoted for bash.
#     For managers: CERT_HOURS, AUTOLOCK (true or false), EXTERNAL_CAS (URLs; empty leaves them as they are).

# By node ID: its name, and what the swarm knows of it.
declare -A NAMES=() SEEN=()
IDS=()

main() {
  require_manager_of "$CLUSTER"
  [[ $ROLE != manager ]] || apply_settings
  [[ -n $ROSTER ]] || return 0
  local id name
  while read -r id name _; do
    [[ -z ${NAMES[$id]-} ]] || NODE=$name refuse_id_of "${NAMES[$id]}"
    IDS+=("$id") && NAMES[$id]=$name
  done <<<"$ROSTER"
  wait_until "$READY_SECONDS" "all nodes to be ready" all_are ready || explain_not_ready
  look_at_newcomers
  [[ $ROLE != manager ]] || remove_dead_predecessors
  if [[ $ROLE == manager ]]; then promote; else demote_promoted; fi
  update_nodes
  [[ $ROLE != manager ]] || remove_failed_joins
}

apply_settings() {
  local url arguments=()
  # The engine counts nanoseconds.
  [[ $SWARM =~ \"NodeCertExpiry\":$((CERT_HOURS * 3600))000000000[,}] ]] || arguments+=(--cert-expiry "${CERT_HOURS}h")
  [[ $SWARM == *"\"AutoLockManagers\":$AUTOLOCK"* ]] || arguments+=("--autolock=$AUTOLOCK")
  if [[ -n $EXTERNAL_CAS && $(external_cas) != "$EXTERNAL_CAS " ]]; then
    for url in $EXTERNAL_CAS; do arguments+=(--external-ca "protocol=cfssl,url=$url"); done
  fi
  ((${#arguments[@]} > 0)) || return 0
  # What it says when it turns autolock on holds the unlock key.
  retry_conflict docker swarm update "${arguments[@]}" >/dev/null || fail "the swarm's settings could not be changed"
  say "changed the swarm's settings"
}

external_cas() { swarm_field 'range .Swarm.Cluster.Spec.CAConfig.ExternalCAs}}{{.URL}} {{end'; }

# A line per node: ID, version, name, role, availability, state, a manager's reachability, and its labels in JSON, each
# with a tab behind it. In JSON there is no tab, and what is not a label does not start with a quote.
look_at_nodes() {
  # shellcheck disable=SC2016 # docker's template
  local -r view='{{.ID}}{{"\t"}}{{.Version.Index}}{{"\t"}}name={{json .Spec.Name}}{{"\t"}}{{.Spec.Role}}{{"\t"}}{{.Spec.Availability}}{{"\t"}}{{.Status.State}}{{"\t"}}{{with .ManagerStatus}}{{.Reachability}}{{"\t"}}{{end}}{{range $key, $value := .Spec.Labels}}{{json $key}}={{json $value}}{{"\t"}}{{end}}'
  local line
  SEEN=()
  while IFS= read -r line; do
    SEEN[${line%%$'\t'*}]=$line
    check_name "${line%%$'\t'*}"
  done < <(docker node inspect --format "$view" "${IDS[@]}" 2>/dev/null)
}
# A node that has no name yet gets one with its labels.
check_name() {
  [[ ${SEEN[$1]} == *$'\t'"\"$NAME_LABEL\"="* ]] || return 0
  is "$1" "\"$NAME_LABEL\"=\"${NAMES[$1]}\"" && return
  [[ ${SEEN[$1]} =~ \"$NAME_LABEL\"=\"([^\"]*)\" ]]
  NODE=${NAMES[$1]} refuse_id_of "${BASH_REMATCH[1]}"
}
refuse_id_of() {
  fail "has the node ID of $1: its host was made of an image that holds a node, or somebody got into one of the two. Replace the node, after a look at the host; if you gave the node another name, take the label off it: 'docker node update --label-rm $NAME_LABEL'"
}
# is ID WORD
is() { [[ ${SEEN[$1]-} == *$'\t'"$2"$'\t'* ]]; }
all_are() {
  local id
  look_at_nodes
  for id in "${IDS[@]}"; do is "$id" "$1" || return 1; done
}

explain_not_ready() {
  local id
  for id in "${IDS[@]}"; do
    ! is "$id" ready || continue
    NODE=${NAMES[$id]}
    node_known "$id" ||
      fail "its node ID $id is unknown to swarm $CLUSTER: it was removed by hand, or its host is in another swarm. Set swarm.reconcile to another value, then run the update again"
    fail "is $(node_field "$id" .Status.State) in the swarm, not ready: $(node_field "$id" .Status.Message)"
  done
}

# A worker that was promoted by hand stays a manager until everything is to be put back.
demote_promoted() {
  local id
  for id in "${IDS[@]}"; do
    ! is "$id" manager || ! is_to_be_put_back "$id" || NODE=${NAMES[$id]} demote_worker "$id"
  done
}

demote_worker() (
  lock_membership
  demote "$1"
  say "is a worker again"
)

# All at once: a manager becomes a voter when it asks for it itself, and the leader takes one after the other. Under the
# lock, so that promotions never run beside a removal.
promote() {
  local id promoted=()
  for id in "${IDS[@]}"; do is "$id" manager || promoted+=("$id"); done
  if ((${#promoted[@]} > 0)); then
    (
      lock_membership
      update_nodes
    )
    for id in "${promoted[@]}"; do NODE=${NAMES[$id]} say "promoted"; done
  fi
  wait_until 120 "all managers to be reachable" all_are reachable && return
  for id in "${IDS[@]}"; do
    # shellcheck disable=SC2034 # lib.sh names the node in its messages
    NODE=${NAMES[$id]}
    is "$id" reachable || fail "is not reachable by the other managers, on port ${LISTEN_PORT}/tcp"
  done
}
