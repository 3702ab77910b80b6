# shellcheck shell=bash
# Replaces a join token, on the control endpoint. The old token is refused from then on; members stay. A rotation cannot
# be taken back.
# In: ROLE, CLUSTER, ROTATION (another one rotates), FIRST (the token of the swarm's birth, where this rotation is the one
#     that it was born with; secret).  Out: the new token.
main() {
  require_manager_of "$CLUSTER"
  if [[ -n $FIRST ]]; then
    local now
    now=$(join_token "$ROLE")
    # Joins are using it.
    [[ $now == "$FIRST" ]] || refuse
    echo unused
    return
  fi
  lock_membership
  retry_conflict docker swarm join-token --rotate --quiet "$ROLE"
}

refuse() {
  fail "the $ROLE token was rotated, and the first one is refused since: a rotation cannot be taken back. Give swarm.${ROLE}TokenRotation and swarm.caRotation their latest values again, or higher ones"
}
