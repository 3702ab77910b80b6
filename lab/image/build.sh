#!/bin/sh
# Builds a droplet's root file system from Debian packages, as a tar that `docker import` takes.
#
#   build.sh <release> <output.tar>
#
# Environment:
#   LAB_MIRROR      Debian mirror to use; empty means mmdebstrap's default
#   LAB_APT_OPTIONS apt options, one per line (the host's proxy settings)
#
# No container registry is needed: this is what makes the lab work on a closed network.
set -eu

release=$1
output=$2
here=$(cd -- "$(dirname -- "$0")" && pwd)

packages=systemd,systemd-sysv,dbus,cloud-init,openssh-server,docker.io,iproute2,iputils-ping,nftables,iptables
packages=$packages,ca-certificates,curl,procps,kmod,busybox-static
# bookworm's docker.io still contains the client; from trixie on it is a package of its own.
[ "$release" = bookworm ] || packages=$packages,docker-cli

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || { echo "E: $keyring is missing: install debian-archive-keyring" >&2; exit 1; }

set -- --variant=minbase --format=tar --mode=root "--include=$packages" "--keyring=$keyring"
# Documentation and translations are half of the files and nobody reads them in a droplet that lives for minutes.
for path in doc man info locale lintian bash-completion zoneinfo/right; do
  set -- "$@" "--dpkgopt=path-exclude=/usr/share/$path/*"
done
set -- "$@" "--dpkgopt=force-unsafe-io" '--aptopt=Acquire::Languages "none"' '--aptopt=Acquire::Retries "3"'
while IFS= read -r option; do
  [ -z "$option" ] || set -- "$@" "--aptopt=$option"
done <<OPTIONS
${LAB_APT_OPTIONS:-}
OPTIONS
set -- "$@" "--customize-hook=cp -R '$here/files/.' \"\$1\"" "--customize-hook='$here/customize.sh' \"\$1\""
set -- "$@" "$release" "$output"
[ -z "${LAB_MIRROR:-}" ] || set -- "$@" "$LAB_MIRROR"

exec mmdebstrap "$@"
