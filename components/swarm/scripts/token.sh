# shellcheck shell=bash
# Reads a join token on the first manager, right after the swarm was initialised.
# In: ROLE (worker or manager), CLUSTER.  Out: the token, which is secret.
main() {
  require_manager_of "$CLUSTER"
  join_token "$ROLE"
}
