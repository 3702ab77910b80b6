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
    {{.Swarm.NodeID}}) value "$FAKE/engine/NodeID" ;;
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

name_of() { sed -n 's/^digitalocean-swarm.node=//p' <<<"$(value "$node/labels")"; }

# A line in the view $1 for each node that is there. Like docker it fails where one is not.
inspect_each() {
  local view=$1 absent='' member
  shift
  for node in "${@/#/$FAKE/nodes/}"; do
    if [[ ! -d $node ]]; then absent+=" ${node##*/}" && continue; fi
    member=$(value "$node/Reachability")
    case $view in
      joins) echo "${node##*/} $([[ $member ]] && echo yes || echo no) $(value "$node/Hostname") $(name_of)" ;;
      members) echo "${node##*/} $([[ $member ]] && echo manager || echo worker) $(value "$node/Hostname") $(name_of)" ;;
      reach) echo "${node##*/} ${member:-none} $(value "$node/Hostname")" ;;
      names) echo "${node##*/} $(name_of)" ;;
      hosts) value "$node/Address" && echo ;;
    esac
  done
  [[ -z $absent ]] || refuse "no such node:$absent"
}

inspect_node() {
  has_node
  # shellcheck disable=SC2016 # docker's template
  case $1 in
    '{{.ID}}') echo "${node##*/}" ;;
    '{{.Spec.Role}}') value "$node/Role" ;;
    '{{.Spec.Availability}}') value "$node/Availability" ;;
    '{{index .Spec.Labels "digitalocean-swarm.node"}}') name_of ;;
    '{{.Status.State}}') value "$node/State" ;;
    '{{.Status.State}} {{with .ManagerStatus}}{{.Reachability}} {{.Addr}}{{else}}none {{end}}')
      value "$node/State"
      if [[ -s $node/Reachability ]]; then echo -n " $(value "$node/Reachability") $(value "$node/Addr")"; else echo -n " none "; fi ;;
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
    if [[ $* == *--force-new-cluster* ]]; then
      # What it goes on with is the manager's own.
      [[ -s $FAKE/engine/Cluster ]] || refuse "This node is not a swarm manager."
      rm -f "$FAKE/no-leader"
      printf active >"$FAKE/engine/LocalNodeState"
      exit
    fi
    printf active >"$FAKE/engine/LocalNodeState"
    printf true >"$FAKE/engine/ControlAvailable"
    printf born-cluster >"$FAKE/engine/Cluster"
    printf born-node >"$FAKE/engine/NodeID"
    echo "To add a worker: docker swarm join --token $(value "$FAKE/tokens/worker")" ;;
  "swarm leave")
    printf inactive >"$FAKE/engine/LocalNodeState"
    printf false >"$FAKE/engine/ControlAvailable"
    rm -f "$FAKE"/engine/{NodeID,Cluster} ;;
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
      '{{.ID}} {{if .ManagerStatus}}yes'*) inspect_each joins "${@:5}" ;;
      '{{.ID}} {{if .ManagerStatus}}manager'*) inspect_each members "${@:5}" ;;
      '{{.ID}} {{with .ManagerStatus}}'*) inspect_each reach "${@:5}" ;;
      '{{.ID}} {{index '*) inspect_each names "${@:5}" ;;
      '{{.Status.Addr}}') inspect_each hosts "${@:5}" ;;
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
    if [[ $* == "node ls --quiet" ]]; then
      for node in "$FAKE"/nodes/*; do echo "${node##*/}"; done
      exit
    fi
    for node in "$FAKE"/nodes/*; do if [[ -d $node ]]; then value "$node/Status"; echo; fi; done ;;
  "service ls") value "$FAKE/services" ;;
  "node rm") has_node
    [[ $* == *--force* || $(value "$node/State") == down ]] || refuse "node ${node##*/} is not down and can't be removed"
    rm -r "$node" ;;
  *) unknown "$@" ;;
esac
