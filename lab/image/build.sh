#!/bin/sh
# Builds a droplet's root file system from Debian packages, as a tar that `docker import` takes.
#
#   build.sh <release> <engine> <output.tar>
#
# The engine is "none" for a stock droplet, "distribution" for the release's own, or a version of the lab's package
# repository, such as 28.5.2.
#
# Environment:
#   LAB_MIRROR      Debian mirror to use; empty means mmdebstrap's default
#   LAB_APT_OPTIONS apt options, one per line (the host's proxy settings)
#   LAB_REPOSITORY  where the lab's package repository answers, for an engine that is a version
#   LAB_REPOSITORY_KEY  the file with its key
#   LAB_ENGINE_DIR  directory with programs that take the place of the engine's; may be empty
#
# No container registry is needed: this is what makes the lab work on a closed network.
set -eu

release=$1
engine=$2
output=$3
here=$(cd -- "$(dirname -- "$0")" && pwd)

packages=systemd,systemd-sysv,dbus,cloud-init,openssh-server,iproute2,iputils-ping,nftables,netbase,procps
packages=$packages,kmod,busybox-static,e2fsprogs
case $engine in
  # Less than DigitalOcean's images have: what a preparation needs it must bring.
  none) packages=$packages,apt,python3 ;;
  distribution)
    packages=$packages,ca-certificates,curl,iptables,docker.io
    # bookworm's docker.io still contains the client; from trixie on it is a package of its own.
    [ "$release" = bookworm ] || packages=$packages,docker-cli
    ;;
  *)
    packages=$packages,ca-certificates,curl,iptables,docker-ce=$engine,docker-ce-cli=$engine,containerd.io
    ;;
esac

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
set -- "$@" "--customize-hook=cp -R '$here/files/.' \"\$1\""
if [ "$engine" = none ]; then set -- "$@" "--customize-hook=cp -R '$here/stock/.' \"\$1\""; fi
if [ -n "${LAB_ENGINE_DIR:-}" ]; then set -- "$@" "--customize-hook='$here/own-engine.sh' \"\$1\" '$LAB_ENGINE_DIR'"; fi
set -- "$@" "--customize-hook='$here/customize.sh' \"\$1\" $release"
set -- "$@" "$release" "$output"
[ -z "${LAB_MIRROR:-}" ] || set -- "$@" "$LAB_MIRROR"
if [ -n "${LAB_REPOSITORY:-}" ]; then
  # A mirror that is named takes the place of the default one.
  [ -n "${LAB_MIRROR:-}" ] || set -- "$@" http://deb.debian.org/debian
  # It is on this machine, whatever proxy leads out of it, and its key lies where only root may read.
  host=${LAB_REPOSITORY#http://}
  set -- "--aptopt=Acquire::http::Proxy::${host%%[:/]*} \"DIRECT\"" "$@" \
    '--aptopt=APT::Sandbox::User "root"' \
    "deb [signed-by=$LAB_REPOSITORY_KEY] $LAB_REPOSITORY/linux/debian $release stable"
fi

exec mmdebstrap "$@"
