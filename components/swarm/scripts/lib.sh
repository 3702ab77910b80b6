# shellcheck shell=bash
# What every membership script shares. It is sent in front of each of them, in one stdin, with what else the script needs
# (components/swarm/script.ts): nothing is installed.
# NODE is the node's name in messages, set by the caller.
set -euo pipefail

# Progress and errors go to stderr: stdout is the result.
say() { printf '%s: %s\n' "$NODE" "$*" >&2; }
fail() {
  printf '%s: error: %s\n' "$NODE" "$*" >&2
  exit 1
}

# wait_until SECONDS WHAT COMMAND...: runs COMMAND until it succeeds. Returns 1, having said what it waited for.
wait_until() {
  local limit=$1 what=$2 start=$SECONDS
  shift 2
  until "$@"; do
    if ((SECONDS - start >= limit)); then
      say "waited $limit s for $what"
      return 1
    fi
    sleep 0.1
  done
}

# Whether a port answers: answers IP:PORT.
# shellcheck disable=SC2016 # $1 is the inner shell's
answers() { timeout 1 bash -c 'exec 3<>"/dev/tcp/${1%:*}/${1##*:}"' _ "$1" 2>/dev/null; }

DOCKER_SOCKET=${DOCKER_SOCKET:-/var/run/docker.sock}
# What a manager's engine says of its swarm, in JSON, for a tenth of the work of docker info. It holds the join tokens.
# Returns 1 where the engine manages no swarm, or its swarm has no leader.
look_at_cluster() {
  SWARM=$(curl --silent --fail --max-time 10 --unix-socket "$DOCKER_SOCKET" http://docker/swarm) || return 1
  [[ $SWARM =~ \"ID\":\"([^\"]+)\" ]] || return 1
  # shellcheck disable=SC2034 # for the scripts
  SWARM_STATE=active SWARM_MANAGER=true SWARM_CLUSTER=${BASH_REMATCH[1]}
}
# What the engine says of the swarm, in one call: "-" where there is nothing, all empty where no engine answers.
look_at_swarm() {
  # Without the engine's ID it is docker's command that speaks, of an engine that does not answer. A cluster without an
  # ID is one without a leader.
  local -r view='{{if .ID}}{{with .Swarm}}{{.LocalNodeState}} {{.ControlAvailable}} {{or .NodeID "-"}} {{with .Cluster}}{{or .ID "-"}}{{else}}-{{end}}{{end}}{{end}}'
  # shellcheck disable=SC2034 # for the scripts
  read -r SWARM_STATE SWARM_MANAGER SWARM_NODE SWARM_CLUSTER < <(docker info --format "$view" 2>/dev/null) || true
}
# One field of the engine's view of the swarm, where look_at_swarm has not got it.
swarm_field() { docker info --format "{{$1}}" 2>/dev/null; }

# What this host's membership was last held against: the swarm's generation and the value of swarm.reconcile.
MEMBERSHIP=${MEMBERSHIP:-/var/lib/digitalocean-swarm/membership}
generation_here() {
  local generation=0
  [[ ! -e $MEMBERSHIP ]] || read -r generation _ <"$MEMBERSHIP" || true
  echo "$generation"
}
