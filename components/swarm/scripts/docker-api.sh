# shellcheck shell=bash
# Makes a manager's engine serve its API over TLS on 2376, beside the unit's own socket, or takes that back.
# In: WANTED (on or off), UNLOCK_KEY (secret; empty where the swarm is not locked); for on: CA, CERTIFICATE, KEY (secret).
. shared/quorum.sh
. shared/api-server.sh

main() {
  if [[ $WANTED == on ]]; then
    is_served && return
    keep_quorum
    serve
  elif [[ -e $DROP_IN || -e $API_DIR ]]; then
    keep_quorum
    take_back
    say "serves the Docker API on $API_PORT no more"
  fi
}

# An engine that is down or locked takes part in no quorum.
keep_quorum() {
  look_at_swarm
  [[ $SWARM_MANAGER != true ]] || wait_for_quorum_margin
}
