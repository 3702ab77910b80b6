# shellcheck shell=bash
# Initialises the swarm on the first manager, once in its life. Run again it reports the swarm that is there.
# In: HOST (its hostname), ADVERTISE (ip:port), LISTEN (ip:port), DATA_PATH (ip or empty), DATA_PATH_PORT, POOLS (CIDRs),
#     POOL_SIZE, WORKER_ROTATION, MANAGER_ROTATION, CA_ROTATION, BOOT_SECONDS.  Out: one line of JSON.
main() {
  wait_for_host "$BOOT_SECONDS"
  case $SWARM_STATE in
    inactive)
      refuse_overlapping_pools "$POOLS"
      init ;;
    active) say "already in a swarm" ;;
    locked) fail "the engine's swarm state is locked: unlock it with 'docker swarm unlock', then run the update again" ;;
    *) wait_until 60 "the engine to find its swarm again" is_active || fail "the engine's swarm state is $SWARM_STATE" ;;
  esac
  # Right after a restart it has no leader, and nobody can say which swarm it is.
  wait_until 60 "the swarm to have a leader" is_led || fail "the swarm has no leader; see 'journalctl -u docker' on the host"
  printf '{"clusterId":"%s","hostname":"%s","address":"%s","workerRotation":%d,"managerRotation":%d,"caRotation":%d}\n' \
    "$SWARM_CLUSTER" "$HOST" "$ADVERTISE" "$WORKER_ROTATION" "$MANAGER_ROTATION" "$CA_ROTATION"
}

is_active() {
  look_at_swarm
  [[ $SWARM_STATE == active ]]
}

is_led() {
  look_at_cluster && return
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
