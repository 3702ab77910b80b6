#!/bin/sh
# Makes Docker's three packages from a Debian release's engine: docker-ce, docker-ce-cli and containerd.io, with the names,
# versions, relations and units of Docker's own.
#
#   repackage.sh <tree it comes from> <tree of the release it is for> <codename of that release> <pool>
set -eu

from=$1
target=$2
codename=$3
here=$(cd -- "$(dirname -- "$0")" && pwd)
arch=$(dpkg --print-architecture)
pool=$4/$arch
work=$(mktemp -d "${TMPDIR:-/tmp}/lab-repackage.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$pool"

case $codename in
  bookworm) number=12 ;;
  trixie) number=13 ;;
  *) echo "E: no droplet is $codename" >&2 && exit 1 ;;
esac

# Runs a program of the tree by the tree's own loader: it may need a newer libc than this machine has.
run() {
  program=$1
  shift
  "$(find "$from" -name 'ld-linux*.so.*' | head -n 1)" \
    --library-path "$(echo "$from"/usr/lib/*-linux-gnu*):$(echo "$from"/lib/*-linux-gnu*)" "$program" "$@"
}

where() { find "$from/usr/bin" "$from/usr/sbin" -name "$1" -type f | head -n 1; }

# The newest version of libc that a file names.
libc_of() { grep -aoE 'GLIBC_2\.[0-9]+' "$1" | sort -Vu | tail -n 1; }

# install_program PACKAGE NAME [NAME IN THE TREE]: as Docker has it, in /usr/bin. What needs a newer libc than its new
# release has brings its own libraries, in a directory of its own.
install_program() {
  source=$(where "${3:-$2}")
  [ -n "$source" ] || { echo "E: there is no ${3:-$2} in $from" >&2 && exit 1; }
  program=$work/$1/usr/bin/$2
  install -D -m 0755 "$source" "$program"
  needs=$(libc_of "$program" || true)
  [ -n "$needs" ] || return 0
  has=$(libc_of "$(find "$target" -name libc.so.6 | head -n 1)")
  [ "$(printf '%s\n%s\n' "$needs" "$has" | sort -V | tail -n 1)" != "$has" ] || return 0
  private=/usr/libexec/$1/lib
  mkdir -p "$work/$1$private"
  bring "$program" "$work/$1$private"
  loader=$(basename "$(patchelf --print-interpreter "$program")")
  cp -L "$(find "$from" -name "$loader" | head -n 1)" "$work/$1$private/"
  patchelf --set-interpreter "$private/$loader" --set-rpath "$private" "$program"
}

# Copies all libraries that a file needs, and those that they need.
bring() {
  for library in $(patchelf --print-needed "$1"); do
    [ ! -e "$2/$library" ] || continue
    cp -L "$(find "$from" -name "$library" | head -n 1)" "$2/"
    bring "$2/$library" "$2"
  done
}

# pack PACKAGE VERSION: reads the rest of the control file from stdin.
pack() {
  mkdir -p "$work/$1/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$2" "$arch"
    printf 'Maintainer: the lab <lab@localhost>\nSection: admin\nPriority: optional\n'
    cat
  } >"$work/$1/DEBIAN/control"
  [ ! -d "$work/$1/etc" ] || (cd "$work/$1" && find etc -type f -printf '/%p\n' >DEBIAN/conffiles)
  # Docker's file names have no epoch.
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$work/$1" "$pool/$1_${2#*:}_$arch.deb" >&2
}

# units PACKAGE UNIT...: with what debhelper makes of them.
units() {
  package=$1
  shift
  mkdir -p "$work/$package/usr/lib/systemd/system" "$work/$package/DEBIAN"
  for unit in "$@"; do cp "$here/units/$unit" "$work/$package/usr/lib/systemd/system/"; done
  for script in postinst prerm postrm; do
    sed "s/@UNITS@/$*/" "$here/units/$script" >"$work/$package/DEBIAN/$script"
    chmod 0755 "$work/$package/DEBIAN/$script"
  done
}

plain() { grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1; }
engine=$(run "$(where dockerd)" --version | plain)
containerd=$(run "$(where containerd)" --version | plain)
suffix=-1~debian.$number~$codename

for program in containerd containerd-shim-runc-v2 ctr runc; do install_program containerd.io "$program"; done
mkdir -p "$work/containerd.io/etc/containerd"
echo 'disabled_plugins = ["cri"]' >"$work/containerd.io/etc/containerd/config.toml"
units containerd.io containerd.service
pack containerd.io "$containerd$suffix" <<'CONTROL'
Provides: containerd, runc
Conflicts: containerd, runc
Replaces: containerd, runc
Depends: libc6 (>= 2.34), libseccomp2 (>= 2.5.0)
Description: An open and reliable container runtime
CONTROL

install_program docker-ce-cli docker
pack docker-ce-cli "5:$engine$suffix" <<'CONTROL'
Conflicts: docker, docker-cli, docker-engine, docker.io
Replaces: docker, docker-cli, docker-engine, docker.io
Breaks: docker-ce (<< 5:0)
Depends: libc6 (>= 2.34)
Description: Docker CLI: the open-source application container engine
CONTROL

install_program docker-ce dockerd
install_program docker-ce docker-proxy
install_program docker-ce docker-init tini-static
units docker-ce docker.service docker.socket
pack docker-ce "5:$engine$suffix" <<'CONTROL'
Conflicts: docker (<< 1.5~), docker-engine, docker.io
Replaces: docker-engine, docker.io
Depends: containerd.io (>= 1.6.4), docker-ce-cli, iptables, libseccomp2 (>= 2.3.0), libc6 (>= 2.34), libdevmapper1.02.1 (>= 2:1.02.97), libsystemd0
Recommends: apparmor, ca-certificates, git, procps, xz-utils
Description: Docker: the open-source application container engine
CONTROL
