#!/bin/bash
{ printf 'flock'; printf ' %q' "$@"; echo; } >>"$FAKE/calls"
[[ ! -e $FAKE/locked ]]
