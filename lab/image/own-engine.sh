#!/bin/sh
# Puts a directory's programs in the place of the engine's: run by build.sh as an mmdebstrap hook, with the root as $1 and
# the directory as $2. A program that the root does not have goes to /usr/bin.
set -eu

root=$1
for program in "$2"/*; do
  if [ ! -f "$program" ] || [ ! -x "$program" ]; then continue; fi
  name=$(basename "$program")
  place=/usr/bin/$name
  for directory in /usr/bin /usr/sbin; do
    [ ! -e "$root$directory/$name" ] || place=$directory/$name
  done
  # What was there may be a link to another program.
  rm -f "$root$place"
  install -m 0755 "$program" "$root$place"
done
# An engine that does not run here is better found out now than at a droplet's boot.
for program in dockerd docker containerd runc; do
  chroot "$root" "$program" --version
done
