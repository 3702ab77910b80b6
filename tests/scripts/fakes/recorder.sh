#!/bin/bash
# Stands for any program: records its call, prints $FAKE/out-NAME, and fails when $FAKE/fail-NAME is there.
me=${0##*/}
{ printf '%s' "$me"; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
cat "$FAKE/out-$me" 2>/dev/null || true
[[ ! -e $FAKE/fail-$me ]] || { cat "$FAKE/fail-$me"; exit 1; }
