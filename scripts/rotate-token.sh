# shellcheck shell=bash
# Replaces a join token, on the control endpoint. The old token is refused from then on; members stay.
# In: ROLE, CLUSTER, NEEDED (empty where the swarm was born with these rotations).  Out: the new token.
main() {
  # The token that was read at the swarm's birth is the right one, and joins are using it.
  if [[ -z $NEEDED ]]; then
    echo unused
    return
  fi
  require_manager_of "$CLUSTER"
  lock_membership
  retry_conflict docker swarm join-token --rotate --quiet "$ROLE"
}
