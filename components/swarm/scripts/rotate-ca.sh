# shellcheck shell=bash
# Replaces the swarm's root CA, on the control endpoint, and waits until every node has a certificate of the new one.
# It cannot be taken back.
# In: CLUSTER, ROTATION (the wanted one), BORN (the one that the swarm was initialised with), FIRST (a token of then, which
#     names the root CA of then; secret), ROTATE_SECONDS.
main() {
  require_manager_of "$CLUSTER"
  if [[ $ROTATION == "$BORN" ]]; then
    [[ $(root_of "$(join_token worker)") == "$(root_of "$FIRST")" ]] ||
      fail "the swarm's root CA was rotated, which cannot be taken back: give swarm.caRotation its latest value again, or a higher one"
    return 0
  fi
  lock_membership
  # An earlier run may have begun it.
  rotating || retry_conflict docker swarm ca --rotate --detach >/dev/null || fail "the root CA could not be rotated"
  wait_until "$ROTATE_SECONDS" "every node to renew its certificate" rotated ||
    fail "the root CA's rotation waits for nodes that have not renewed their certificates: $(not_renewed). Bring them back or remove them ('docker node rm --force'), then run the update again"
  say "the swarm has a new root CA"
}

rotation_in_progress() { swarm_field .Swarm.Cluster.RootRotationInProgress; }
rotating() { [[ $(rotation_in_progress) == true ]]; }
rotated() { [[ $(rotation_in_progress) == false ]]; }
not_renewed() { docker node ls --format '{{.Hostname}} ({{.Status}}) {{.TLSStatus}}' | awk '$3 != "Ready" { print $1, $2 }' | paste -sd , -; }
# SWMTKN-1-ROOT-SECRET
root_of() { cut -d - -f 3 <<<"$1"; }
