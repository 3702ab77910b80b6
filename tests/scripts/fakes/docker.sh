#!/bin/bash
# A docker command whose engine and swarm are files under $FAKE. Every call is recorded; what it does not know is an
# error of its own. $FAKE/rules, when there, is run first and may answer in its place.
set -euo pipefail
{ printf 'docker'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
export -p >>"$FAKE/environments"

value() { [[ ! -e $1 ]] || printf '%s' "$(<"$1")"; }
unknown() {
  { printf 'docker'; printf ' %q' "$@"; echo; } >>"$FAKE/unknown"
  exit 97
}
# once NAME: true the first time.
once() { [[ ! -e $FAKE/once-$1 ]] && : >"$FAKE/once-$1"; }
refuse() {
  echo "Error response from daemon: $*" >&2
  exit 1
}
# shellcheck source=/dev/null
[[ ! -e $FAKE/rules ]] || . "$FAKE/rules"

node=$FAKE/nodes/${*: -1}
has_node() { [[ -d $node ]] || refuse "node ${node##*/} not found"; }

inspect_engine() {
  # shellcheck disable=SC1083 # braces of docker's template
  case $1 in
    '{{if .ID}}{{with .Swarm}}'*)
      local word line=
      for word in LocalNodeState ControlAvailable NodeID Cluster; do
        word=$(value "$FAKE/engine/$word")
        line+="${word:--} "
      done
      printf '%s' "$line" ;;
    {{.DockerRootDir}}) printf '%s' "$FAKE/root" ;;
    {{.Swarm.Error}}) value "$FAKE/engine/Error" ;;
    {{.Swarm.Cluster.RootRotationInProgress}}) value "$FAKE/engine/RootRotationInProgress" ;;
    '{{range .Swarm.Cluster.Spec.CAConfig.ExternalCAs}}'*) value "$FAKE/engine/ExternalCAs" ;;
    *) unknown info "$1" ;;
  esac
  echo
}

# A line for each node that is there, as docker prints a template's.
inspect_nodes() {
  local id line
  for id in "$@"; do
    node=$FAKE/nodes/$id
    [[ -d $node ]] || continue
    line=$(value "$node/Name")
    printf '%s\t%s\tname="%s"\t' "$id" "$(value "$node/Version")" "${line//\"/\\\"}"
    printf '%s\t%s\t%s\t' "$(value "$node/Role")" "$(value "$node/Availability")" "$(value "$node/State")"
    [[ -z $(value "$node/Reachability") ]] || printf '%s\t' "$(value "$node/Reachability")"
    while IFS= read -r line; do
      [[ -n $line ]] || continue
      line=${line//\\/\\\\}
      line=${line//\"/\\\"}
      printf '"%s"="%s"\t' "${line%%=*}" "${line#*=}"
    done <<<"$(value "$node/labels")"
    echo
  done
}

# The managers as failed-joins.sh asks for them.
inspect_managers() {
  local member
  for node in "${@/#/$FAKE/nodes/}"; do
    member=no
    [[ -z $(value "$node/Reachability") ]] || member=yes
    echo "${node##*/} $member $(value "$node/Hostname") $(sed -n 's/^digitalocean-swarm.node=//p' <<<"$(value "$node/labels")")"
  done
}

inspect_node() {
  has_node
  # shellcheck disable=SC2016 # docker's template
  case $1 in
    '{{.ID}}') echo "${node##*/}" ;;
    '{{.Spec.Role}}') value "$node/Role" ;;
    '{{.Spec.Availability}}') value "$node/Availability" ;;
    '{{index .Spec.Labels "digitalocean-swarm.node"}}') sed -n 's/^digitalocean-swarm.node=//p' <<<"$(value "$node/labels")" ;;
    '{{.Status.State}}') value "$node/State" ;;
    '{{.Status.Message}}') value "$node/Message" ;;
    '{{.Spec.Role}}{{with .ManagerStatus}}{{.Addr}}{{end}}') value "$node/Role"; value "$node/Addr" ;;
    *) unknown node inspect "$1" ;;
  esac
  echo
}

update_node() {
  has_node
  while (($# > 1)); do
    case $1 in
      --availability) printf '%s' "$2" >"$node/Availability" ;;
      *) unknown node update "$@" ;;
    esac
    shift 2
  done
}

case "$1 ${2-}" in
  "info --format") [[ ! -e $FAKE/engine/down ]] || exit 1; inspect_engine "$3" ;;
  "swarm init")
    printf active >"$FAKE/engine/LocalNodeState"
    printf true >"$FAKE/engine/ControlAvailable"
    printf born-cluster >"$FAKE/engine/Cluster"
    printf born-node >"$FAKE/engine/NodeID"
    echo "To add a worker: docker swarm join --token $(value "$FAKE/tokens/worker")" ;;
  "swarm leave") printf inactive >"$FAKE/engine/LocalNodeState" ;;
  "swarm join-token")
    role=${*: -1}
    [[ $3 == --rotate ]] || unknown "$@"
    printf '%s-rotated' "$(cat "$FAKE/tokens/$role")" >"$FAKE/tokens/$role.new"
    mv "$FAKE/tokens/$role.new" "$FAKE/tokens/$role"
    value "$FAKE/tokens/$role" && echo ;;
  "swarm update") echo "Please remember to store this key: $(value "$FAKE/unlock-key")" ;;
  "swarm ca") printf true >"$FAKE/engine/RootRotationInProgress" ;;
  "swarm unlock-key")
    [[ $3 != --rotate ]] || printf SWMKEY-rotated >"$FAKE/unlock-key"
    value "$FAKE/unlock-key" && echo ;;
  "swarm unlock")
    [[ $(cat) == "$(value "$FAKE/unlock-key")" ]] || refuse "invalid key"
    printf active >"$FAKE/engine/LocalNodeState" ;;
  "node inspect")
    case $4 in
      '{{index '*) inspect_node "$4" ;;
      '{{.ID}} {{if .ManagerStatus}}yes'*) inspect_managers "${@:5}" ;;
      *Spec.Labels*) inspect_nodes "${@:5}" ;;
      *) inspect_node "$4" ;;
    esac ;;
  "node demote") has_node
    printf worker >"$node/Role"
    : >"$node/Addr"
    : >"$node/Reachability" ;;
  "node update") update_node "${@:3}" ;;
  "node ps") has_node && value "$node/tasks" ;;
  "node ls")
    if [[ $* == "node ls --filter role=manager --quiet" ]]; then
      grep -lx manager "$FAKE"/nodes/*/Role | awk -F/ '{ print $(NF - 1) }'
      exit
    fi
    for node in "$FAKE"/nodes/*; do if [[ -d $node ]]; then value "$node/Status"; echo; fi; done ;;
  "service ls") value "$FAKE/services" ;;
  "node rm") has_node
    [[ $* == *--force* || $(value "$node/State") == down ]] || refuse "node ${node##*/} is not down and can't be removed"
    rm -r "$node" ;;
  *) unknown "$@" ;;
esac
