#!/bin/bash
# A docker command that asks fake-engine.ts. Its call and its environment are recorded.
set -euo pipefail
{ printf 'docker'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
export -p >>"$FAKE/environments"
answer=$(
  {
    printf '%s\0' "$@"
    [[ $* != "swarm unlock" ]] || cat
  } | "$FAKE/bin/real-curl" --silent --write-out '\n%{http_code}' --unix-socket "$DOCKER_SOCKET" --data-binary @- http://fake/_docker
)
status=${answer##*$'\n'}
answer=${answer%$'\n'*}
[[ $status == 200 ]] || { printf 'Error response from daemon: %s\n' "$answer" >&2; exit 1; }
[[ -z $answer ]] || printf '%s\n' "${answer%$'\n'}"
