# shellcheck shell=bash
# Gives the nodes of one pool their role, availability and labels, from the first manager. Managers are promoted one
# at a time, and with them the swarm gets its settings. What is already so is left alone.
# In: CLUSTER, ROLE (manager or worker), READY_SECONDS, ROSTER: a line per node, "ID NAME AVAILABILITY KEY=VALUE...",
#     with labels quoted for bash. For managers: CERT_EXPIRY (as Go writes durations), AUTOLOCK (true or false),
#     EXTERNAL_CAS (URLs; empty leaves them as they are).
MANAGED_LABEL=digitalocean-swarm.labels

main() {
  require_manager_of "$CLUSTER"
  [[ $ROLE != manager ]] || apply_settings
  local id name availability labels
  # On a descriptor of its own: what is run in the loop must not read the roster.
  while read -r -u 3 id name availability labels; do
    [[ -n $id ]] || continue
    # shellcheck disable=SC2034 # lib.sh names the node in its messages
    NODE=$name
    wait_until "$READY_SECONDS" "node $id to be ready" is_ready "$id" || explain_not_ready "$id"
    # Under the lock, so that promotions never run beside a removal.
    if [[ $ROLE == manager && $(node_field "$id" .Spec.Role) != manager ]]; then
      (
        lock_membership
        retry_conflict docker node promote "$id" >/dev/null
      )
      say "promoted"
    fi
    if [[ $ROLE == manager ]]; then
      wait_until 120 "manager $id to be reachable" is_reachable "$id" ||
        fail "was promoted but did not become reachable by the other managers on port ${LISTEN_PORT}/tcp"
    fi
    eval "update_node $id $availability $labels"
  done 3<<<"$ROSTER"
}

apply_settings() {
  local url arguments=()
  local -r spec=.Swarm.Cluster.Spec
  [[ $(swarm_field $spec.CAConfig.NodeCertExpiry) == "$CERT_EXPIRY" ]] || arguments+=(--cert-expiry "$CERT_EXPIRY")
  [[ $(swarm_field $spec.EncryptionConfig.AutoLockManagers) == "$AUTOLOCK" ]] || arguments+=("--autolock=$AUTOLOCK")
  if [[ -n $EXTERNAL_CAS && $(swarm_field "range $spec.CAConfig.ExternalCAs}}{{.URL}} {{end") != "$EXTERNAL_CAS " ]]; then
    for url in $EXTERNAL_CAS; do arguments+=(--external-ca "protocol=cfssl,url=$url"); done
  fi
  ((${#arguments[@]} > 0)) || return 0
  # What it says when it turns autolock on holds the unlock key.
  retry_conflict docker swarm update "${arguments[@]}" >/dev/null || fail "the swarm's settings could not be changed"
  say "changed the swarm's settings"
}

is_ready() { [[ $(node_field "$1" .Status.State) == ready ]]; }
is_reachable() { [[ $(node_field "$1" 'with .ManagerStatus}}{{.Reachability}}{{end') == reachable ]]; }

explain_not_ready() {
  node_known "$1" ||
    fail "its node ID $1 is unknown to swarm $CLUSTER: the host is in another swarm. Take it out with 'docker swarm leave --force' on it, then run the update again"
  fail "is $(node_field "$1" .Status.State) in the swarm, not ready: $(node_field "$1" .Status.Message)"
}

# update_node ID AVAILABILITY KEY=VALUE...: one call to the engine, or none. Labels that people set by hand stay:
# the keys that are ours are remembered in a label of their own.
update_node() {
  local id=$1 availability=$2 label key managed=() arguments=()
  shift 2
  for label in "$@"; do
    managed+=("${label%%=*}")
    [[ $(label_of "$id" "${label%%=*}") == "=${label#*=}" ]] || arguments+=(--label-add "$label")
  done
  local before now="${managed[*]-}"
  before=$(label_of "$id" "$MANAGED_LABEL")
  before=${before#=}
  for key in $before; do
    # docker refuses to remove a label that is not there, as when someone removed it by hand.
    [[ " $now " == *" $key "* || -z $(label_of "$id" "$key") ]] || arguments+=(--label-rm "$key")
  done
  if [[ $before != "$now" ]]; then
    if [[ -n $now ]]; then arguments+=(--label-add "$MANAGED_LABEL=$now"); else arguments+=(--label-rm "$MANAGED_LABEL"); fi
  fi
  [[ $(node_field "$id" .Spec.Availability) == "$availability" ]] || arguments+=(--availability "$availability")
  ((${#arguments[@]} == 0)) || retry_conflict docker node update "${arguments[@]}" "$id" >/dev/null
}

# "=value" where the node has the label, nothing where it has not: an empty value is a value.
label_of() { node_field "$1" "range \$k, \$v := .Spec.Labels}}{{if eq \$k \"$2\"}}={{\$v}}{{end}}{{end"; }
