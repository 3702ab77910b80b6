#!/bin/bash
# systemctl: records its call, and fails when $FAKE/fail-systemctl is there. Docker runs where $FAKE/active is.
if [[ $1 == is-active ]]; then
  [[ -e $FAKE/active ]]
  exit
fi
{ printf 'systemctl'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
[[ ! -e $FAKE/fail-systemctl ]] || { cat "$FAKE/fail-systemctl"; exit 1; }
