#!/bin/bash
# curl, whose call and environment are recorded.
{ printf 'curl'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
export -p >>"$FAKE/environments"
exec "$FAKE/bin/real-curl" "$@"
