# shellcheck shell=bash
# Initialises the swarm on the first manager, once in its life. Run again it reports the swarm that is there. A later
# generation takes over from a swarm that cannot go on: where this host has its state, as its only manager, else anew.
# In: ADVERTISE (ip:port), LISTEN (ip:port), DATA_PATH (ip or empty), DATA_PATH_PORT, POOLS (CIDRs),
#     POOL_SIZE, BOOT_SECONDS, GENERATION, OTHERS (the other managers, a line each: name and ip:port),
#     REPORT (report-swarm.py, with what it is sent).  Out: what that prints.
. shared/host.sh
. shared/host-firewall.sh
. shared/pool-overlap.sh

main() {
  require_python
  wait_for_host "$BOOT_SECONDS"
  warn_of_host_firewall
  ((GENERATION == 0)) || leave_lost_swarm
  case $SWARM_STATE in
    inactive)
      ((GENERATION == 0)) || refuse_beside_others
      refuse_overlapping_pools "$POOLS"
      init
      ;;
    active) say "already in a swarm" ;;
    locked) fail "the engine's swarm state is locked: unlock it with 'docker swarm unlock', then run the update again" ;;
    *) wait_until "$WAIT_SECONDS" "the engine to find its swarm again" is_active || ((GENERATION > 0)) || fail "the engine's swarm state is $SWARM_STATE" ;;
  esac
  # Right after a restart it has no leader, and nobody can say which swarm it is.
  wait_until "$WAIT_SECONDS" "the swarm to have a leader" is_led || go_on_alone
  note_membership "$GENERATION"
  python3 -I -S - <<<"$REPORT"
}

# A worker has nothing that a swarm could go on with, nor has a host whose join to the lost swarm did not end.
leave_lost_swarm() {
  [[ $SWARM_STATE != inactive ]] || return 0
  [[ $SWARM_STATE == active && $SWARM_MANAGER != true ]] || join_in_progress || return 0
  refuse_beside_others
  docker swarm leave --force >/dev/null
  look_at_swarm
}

# A new swarm beside one that lives would take its nodes away from it.
refuse_beside_others() {
  local name address
  while read -r -u 3 name address; do
    [[ -n $address ]] || continue
    ! answers "$address" ||
      fail "a new swarm is not initialised while $name still serves one at $address. To go on with what $name has, let it be the first manager (managers.skip names the numbers before its own); if nothing on it is wanted any more, replace it. Then run the update again"
  done 3<<<"$OTHERS"
}

# This host has the swarm's state and no quorum: it becomes the only manager. The cluster's ID, its services and secrets stay.
go_on_alone() {
  ((GENERATION > 0)) ||
    fail "the swarm has no leader; see 'journalctl -u docker' on the host. If the other managers are gone for good, raise swarm.generation by one"
  docker swarm init --force-new-cluster --advertise-addr "$ADVERTISE" --listen-addr "$LISTEN" >/dev/null
  say "goes on as the swarm's only manager"
  wait_until "$WAIT_SECONDS" "the swarm to have a leader" is_led || fail "the swarm has no leader; see 'journalctl -u docker' on the host"
}

is_active() {
  look_at_swarm
  [[ $SWARM_STATE == active ]]
}

is_led() {
  # The engine answers with its swarm where it is a manager of one that has a leader.
  curl --silent --fail --output /dev/null --max-time 10 --unix-socket "$DOCKER_SOCKET" http://docker/swarm && return
  look_at_swarm
  [[ $SWARM_STATE != active || $SWARM_MANAGER == true ]] ||
    fail "this host is in a swarm, but not as a manager: a swarm is not initialised over it. Take it out with 'docker swarm leave --force', or replace it"
  return 1
}

init() {
  local pool arguments=(--advertise-addr "$ADVERTISE" --listen-addr "$LISTEN" --data-path-port "$DATA_PATH_PORT"
    --default-addr-pool-mask-length "$POOL_SIZE")
  for pool in $POOLS; do arguments+=(--default-addr-pool "$pool"); done
  [[ -z $DATA_PATH ]] || arguments+=(--data-path-addr "$DATA_PATH")
  # Its output holds the worker token.
  docker swarm init "${arguments[@]}" >/dev/null
  say "initialised the swarm"
}
