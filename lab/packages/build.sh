#!/bin/sh
# Builds a signed package repository that is laid out like Docker's, https://download.docker.com: the engines of several
# Debian releases, repackaged so that each can be installed on each release that a droplet can be.
#
#   build.sh <output directory>
#
# Environment:
#   LAB_MIRROR      Debian mirror to use; empty means mmdebstrap's default
#   LAB_APT_OPTIONS apt options, one per line (the host's proxy settings)
set -eu

output=$1
here=$(cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/lab-packages.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Takes a release's engine apart: its packages and all that they need, unpacked and not installed.
extract() {
  include=docker.io
  # bookworm's docker.io still contains the client.
  [ "$1" = bookworm ] || include=$include,docker-cli
  set -- --variant=extract --format=dir --mode=root "--include=$include" \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    '--aptopt=Acquire::Languages "none"' '--aptopt=Acquire::Retries "3"' "$@"
  # The mirror's copy of a release that is not out yet may be older than that release allows.
  set -- '--aptopt=Acquire::Check-Valid-Until "false"' "$@"
  while IFS= read -r option; do
    [ -z "$option" ] || set -- "--aptopt=$option" "$@"
  done <<OPTIONS
${LAB_APT_OPTIONS:-}
OPTIONS
  [ -z "${LAB_MIRROR:-}" ] || set -- "$@" "$LAB_MIRROR"
  mmdebstrap --quiet "$@"
}

for from in bookworm trixie forky; do
  echo "I: fetching the engine of $from..." >&2
  extract "$from" "$work/$from"
done
for from in bookworm trixie forky; do
  for to in bookworm trixie; do
    echo "I: packing the engine of $from for $to..." >&2
    "$here/repackage.sh" "$work/$from" "$work/$to" "$to" "$output/linux/debian/dists/$to/pool/stable"
  done
done
echo "I: signing the repository..." >&2
"$here/sign.sh" "$output/linux/debian" "$work/gpg"
# apt takes a key for armored by its file's name, and Docker's has another one.
cp "$output/linux/debian/gpg" "$output/key.asc"
