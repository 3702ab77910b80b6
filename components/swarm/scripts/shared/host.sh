# shellcheck shell=bash
# For scripts that look after a host's engine: whether it is there, and prepared.
. shared/lib.sh

MARKER=${MARKER:-/var/lib/digitalocean-swarm/prepared}
PROGRESS=${PROGRESS:-/var/lib/digitalocean-swarm/preparing}
BOOT_FINISHED=${BOOT_FINISHED:-/var/lib/cloud/instance/boot-finished}
# What this host's membership was last held against: the swarm's generation and the value of swarm.reconcile.
MEMBERSHIP=${MEMBERSHIP:-/var/lib/digitalocean-swarm/membership}

# An engine that is in no swarm says so when it is pinged, for a quarter of the work (Docker 23 and later).
engine_answers() {
  if curl --silent --head --max-time 10 --unix-socket "$DOCKER_SOCKET" http://docker/_ping | grep -q '^Swarm: inactive'; then
    # shellcheck disable=SC2034 # for the scripts
    SWARM_STATE=inactive SWARM_MANAGER=false SWARM_NODE=- SWARM_CLUSTER=-
    return
  fi
  look_at_swarm
  [[ -n $SWARM_STATE ]]
}

# The host is prepared when its preparation says so, or, on a host that this project did not prepare, when cloud-init
# (if there is one) is done. A preparation that failed is reported at once, with its reason.
host_prepared() {
  if [[ -s $MARKER ]]; then
    local said
    said=$(cat "$MARKER")
    [[ $said == ok ]] || fail "the host's preparation failed: $said (log: /var/log/digitalocean-swarm-prepare.log)"
  elif command -v cloud-init >/dev/null && [[ ! -e $BOOT_FINISHED ]]; then
    return 1
  fi
  engine_answers
}

# wait_for_host SECONDS
wait_for_host() {
  wait_until "$1" "cloud-init and the Docker engine" host_prepared && return
  [[ ! -s $PROGRESS ]] || fail "the host's preparation did not end in time; it was $(cat "$PROGRESS") (log: /var/log/digitalocean-swarm-prepare.log)"
  command -v docker >/dev/null || fail "there is no docker command; see /var/log/cloud-init-output.log on the host"
  fail "the Docker engine does not answer; see 'journalctl -u docker', /var/log/digitalocean-swarm-prepare.log and /var/log/cloud-init-output.log on the host"
}

# note_membership TEXT. Written aside and moved, so that it is never read half.
note_membership() {
  mkdir -p "$(dirname "$MEMBERSHIP")"
  echo "$1" >"$MEMBERSHIP.new"
  mv "$MEMBERSHIP.new" "$MEMBERSHIP"
}

# A join that has not ended: the engine notes it until it is a member. On a worker without python3 nobody can say, and its
# state is kept.
join_in_progress() {
  python3 -I -S -c 'import json, sys; sys.exit(not json.load(open(sys.argv[1])).get("JoinInProgress"))' \
    "$(swarm_field .DockerRootDir)/swarm/docker-state.json" 2>/dev/null
}
