# shellcheck shell=bash
# Replaces a join token, on the control endpoint. The old token is refused from then on; members stay.
# In: ROLE, CLUSTER, ROTATION (the wanted one), BORN (the one that the swarm was initialised with).  Out: the new token.
main() {
  # The swarm was born with this value: the token that was read then is the right one, and joins are using it.
  if [[ $ROTATION == "$BORN" ]]; then
    echo unused
    return
  fi
  require_manager_of "$CLUSTER"
  lock_membership
  retry_conflict docker swarm join-token --rotate --quiet "$ROLE"
}
