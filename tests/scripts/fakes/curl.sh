#!/bin/bash
# curl to the engine's socket: answers a ping as the engine's state has it, unless $FAKE/engine/down is there, and without
# it where $FAKE/old is; says what swarm and which managers it has; hands updates of nodes to update-nodes.mjs; takes a join request from stdin and answers with $FAKE/answer (body and status).
set -euo pipefail
{ printf 'curl'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
export -p >>"$FAKE/environments"
if [[ $* == *_ping ]]; then
  [[ ! -e $FAKE/engine/down ]] || exit 7
  printf 'HTTP/1.1 200 OK\r\n'
  [[ -e $FAKE/old ]] || printf 'Swarm: %s\r\n' "$(<"$FAKE/engine/LocalNodeState")"
  exit
fi
if [[ $* == *http://docker/swarm ]]; then
  # 503, which --fail turns into this.
  [[ ! -e $FAKE/engine/down && ! -e $FAKE/no-leader && $(<"$FAKE/engine/ControlAvailable") == true &&
    $(<"$FAKE/engine/LocalNodeState") == active ]] || exit 22
  printf '{"ID":"%s","Spec":{"CAConfig":{"NodeCertExpiry":%s},"EncryptionConfig":{"AutoLockManagers":%s}},"JoinTokens":{"Worker":"%s","Manager":"%s"}}\n' \
    "$(<"$FAKE/engine/Cluster")" "$(<"$FAKE/engine/NodeCertExpiry")" "$(<"$FAKE/engine/AutoLockManagers")" "$(<"$FAKE/tokens/worker")" \
    "$(<"$FAKE/tokens/manager")"
  exit
fi
if [[ $* == *http://docker/nodes ]]; then
  [[ $* == *'filters={"role":["manager"]}'* ]] || exit 97
  [[ ! -e $FAKE/no-list ]] || exit 22
  # Of each manager what is counted.
  for node in "$FAKE"/nodes/*; do
    [[ -e $node/Role && $(<"$node/Role") == manager ]] || continue
    printf '{"Spec":{"Role":"manager"}'
    [[ ! -s $node/Reachability ]] || printf ',"ManagerStatus":{"Reachability":"%s"}' "$(<"$node/Reachability")"
    printf '}'
  done
  exit
fi
body=$(cat)
if [[ $* == *'--config -' ]]; then
  # shellcheck source=/dev/null
  [[ ! -e $FAKE/curl-rules ]] || . "$FAKE/curl-rules"
  exec node "$FAKE/bin/update-nodes.mjs" <<<"$body"
fi
printf '%s\n' "$body" >>"$FAKE/bodies"
# shellcheck source=/dev/null
[[ ! -e $FAKE/curl-rules ]] || . "$FAKE/curl-rules"
answer=$(cat "$FAKE/answer" 2>/dev/null || printf 200)
printf '%s' "$answer"
if [[ $answer == 200 ]]; then
  printf active >"$FAKE/engine/LocalNodeState"
  printf joined-node >"$FAKE/engine/NodeID"
fi
