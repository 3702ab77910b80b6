# shellcheck shell=bash
# Reads the key that unlocks managers, or replaces it first, on the control endpoint.
# In: CLUSTER, ROTATION (0: as it is).  Out: the key, which is secret.
main() {
  require_manager_of "$CLUSTER"
  if ((ROTATION == 0)); then
    docker swarm unlock-key --quiet
    return
  fi
  lock_membership
  retry_conflict docker swarm unlock-key --rotate --quiet
}
