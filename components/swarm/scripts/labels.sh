# shellcheck shell=bash
# For settle.sh: gives nodes their labels and availability, and managers their role. It reads ROSTER, ROLE, RECONCILE and
# what look_at_nodes saw (SEEN, NAMES).
MANAGED_LABEL=digitalocean-swarm.labels
# On each node: the availability that the program gave it, and the value of swarm.reconcile by then.
AVAILABILITY_LABEL=digitalocean-swarm.availability

# Whether this value of swarm.reconcile is new to a node.
is_to_be_put_back() { [[ $RECONCILE && ! ${SEEN[$1]-} =~ \"$AVAILABILITY_LABEL\"=\"[a-z]+\ "$RECONCILE"\" ]]; }

# In one process, whatever their number: a docker command for each would keep the first manager busy for a tenth of a
# second a node. The engine refuses what was made of a node that has changed since.
update_nodes() {
  local id
  wait_until 60 "the nodes' updates to be taken" all_are_up_to_date && return
  for id in "${IDS[@]}"; do
    [[ -n ${SEEN[$id]-} ]] || NODE=${NAMES[$id]} fail "was removed from the swarm, or the swarm lost its leader"
  done
  fail "other changes of the nodes did not end"
}
all_are_up_to_date() {
  local id updates='' planned=0 answers
  for id in "${IDS[@]}"; do
    [[ -n ${SEEN[$id]-} ]] || { look_at_nodes && return 1; }
  done
  plan_updates
  [[ -n $updates ]] || return 0
  answers=$(curl --silent --show-error --config - <<<"$updates" 2>&1) || true
  read_answers && return
  look_at_nodes
  return 1
}

# Sets `updates`: a transfer of curl's for each node that is to be changed; `planned` is their number.
plan_updates() {
  local id availability labels spec version its_name its_role its_availability
  # On a descriptor of its own: what is run in the loop must not read the roster.
  while read -r -u 3 id _ availability labels; do
    IFS=$'\t' read -r _ version its_name its_role its_availability _ <<<"${SEEN[$id]}"
    eval "plan $id $availability $labels"
    [[ -n $spec ]] || continue
    spec=${spec//\\/\\\\}
    planned=$((planned + 1))
    updates+="${updates:+next$'\n'}unix-socket = $DOCKER_SOCKET
url = http://docker/nodes/$id/update?version=$version
max-time = 60
header = \"Content-Type: application/json\"
data-binary = \"${spec//\"/\\\"}\"
write-out = \"\\n%{http_code} $id\\n\"
"
  done 3<<<"$ROSTER"
}

# Returns 1 when a node changed meanwhile.
read_answers() {
  local line id message='' conflict=''
  while IFS= read -r line; do
    # curl's own words come before or after what they are about, as its outputs meet.
    [[ $line != curl:* ]] || continue
    [[ $line =~ ^([0-9]{3})\ ([^ ]+)$ ]] || { message+=$line && continue; }
    id=${BASH_REMATCH[2]} planned=$((planned - 1))
    if [[ ${BASH_REMATCH[1]} != 200 ]]; then
      conflicts "$message" || NODE=${NAMES[$id]} fail "could not be updated: ${message:-$answers}"
      conflict=yes
    fi
    message=
  done <<<"$answers"
  ((planned == 0)) || fail "the nodes could not be updated: ${answers:-curl gave no answer}"
  [[ -z $conflict ]]
}

# plan ID AVAILABILITY KEY=VALUE...: sets `spec` to what the node is to be, in JSON, or to nothing where it is so. Labels
# that people set by hand stay: the keys that are ours are remembered in a label of their own. So does the name, and the
# role of what is no manager here. So does an availability, a drain for maintenance say, until the program asks for
# another one, or for everything to be put back.
plan() {
  local id=$1 availability=$2 given="$2${RECONCILE:+ $RECONCILE}" field key ours=() before
  local -A has=() wanted=()
  shift 2
  while IFS= read -r -d $'\t' field; do
    [[ ! $field =~ ^(\"([^\"\\]|\\.)*\")=(.*)$ ]] || has[${BASH_REMATCH[1]}]=${BASH_REMATCH[3]}
  done <<<"${SEEN[$id]}"
  before=${has["\"$MANAGED_LABEL\""]-}
  before=" ${before//\"/} "
  for key in "${!has[@]}"; do
    [[ $before == *" ${key//\"/} "* || $key == "\"$MANAGED_LABEL\"" ]] || wanted[$key]=${has[$key]}
  done
  for field in "$@"; do
    ours+=("${field%%=*}")
    json "${field#*=}"
    wanted["\"${field%%=*}\""]=$JSON
  done
  ((${#ours[@]} == 0)) || wanted["\"$MANAGED_LABEL\""]="\"${ours[*]}\""
  wanted["\"$NAME_LABEL\""]="\"${NAMES[$id]}\""
  json "$given"
  [[ ${has["\"$AVAILABILITY_LABEL\""]-} != "$JSON" ]] || availability=$its_availability
  wanted["\"$AVAILABILITY_LABEL\""]=$JSON
  [[ $ROLE != manager ]] || its_role=manager
  spec=
  if is "$id" "$availability" && is "$id" "$its_role" && same; then return; fi
  for key in "${!wanted[@]}"; do spec+="${spec:+,}$key:${wanted[$key]}"; done
  spec="{\"Name\":${its_name#name=},\"Role\":\"$its_role\",\"Availability\":\"$availability\",\"Labels\":{$spec}}"
}
same() {
  local key
  ((${#has[@]} == ${#wanted[@]})) || return 1
  for key in "${!wanted[@]}"; do [[ ${has[$key]-} == "${wanted[$key]}" ]] || return 1; done
}

# Sets JSON to a text without control characters.
json() {
  JSON=${1//\\/\\\\}
  JSON=\"${JSON//\"/\\\"}\"
}
