#!/bin/bash
# curl to the engine's socket: answers a ping as the engine's state has it, unless $FAKE/engine/down is there, and without
# it where $FAKE/old is; takes a join request from stdin and answers with $FAKE/answer (body and status).
set -euo pipefail
{ printf 'curl'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
export -p >>"$FAKE/environments"
if [[ $* == *_ping ]]; then
  [[ ! -e $FAKE/engine/down ]] || exit 7
  printf 'HTTP/1.1 200 OK\r\n'
  [[ -e $FAKE/old ]] || printf 'Swarm: %s\r\n' "$(<"$FAKE/engine/LocalNodeState")"
  exit
fi
body=$(cat)
printf '%s\n' "$body" >>"$FAKE/bodies"
# shellcheck source=/dev/null
[[ ! -e $FAKE/curl-rules ]] || . "$FAKE/curl-rules"
answer=$(cat "$FAKE/answer" 2>/dev/null || printf 200)
printf '%s' "$answer"
if [[ $answer == 200 ]]; then
  printf active >"$FAKE/engine/LocalNodeState"
  printf joined-node >"$FAKE/engine/NodeID"
fi
