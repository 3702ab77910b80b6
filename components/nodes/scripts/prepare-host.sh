#!/usr/bin/env bash
# Makes a stock Debian or Ubuntu host a Docker host. cloud-init runs it once, at the first boot; run again by hand after
# a failure, it goes on.
# In: DOCKER_VERSION: "any": the engine that is there, or else Docker's newest; "distribution": the distribution's package
#       docker.io; or a version such as 28.5.1. The last two take the place of any other engine, also of a newer one or
#       one that is held. What is in the engine's storage stays.
#     DOCKER_MIRROR: where Docker's package repository, or a mirror of it, is.
#     LISTEN_PORT and DATA_PATH_PORT: the swarm's, as in ports.ts.
#     SECURITY_UPDATES: "on", "off", or "image" (as the image has it).
#     DAEMON: file with what the engine's daemon.json is to have, as daemon.py takes it.
#     EXTRA: program of the user's that runs first; empty for none.
#     PATIENCE: for how many seconds from its start it waits for what passes: apt's and dpkg's locks, which agents and
#       apt-daily hold at the first boot, and a repository that does not answer.
# The outcome goes to MARKER, which the first Command reads: "ok", or the reason of the failure. Until then PROGRESS has
# what is being done, or waited for.
set -Eeuo pipefail
MARKER=${MARKER:-/var/lib/digitalocean-swarm/prepared}
PROGRESS=${PROGRESS:-/var/lib/digitalocean-swarm/preparing}
LOG=${LOG:-/var/log/digitalocean-swarm-prepare.log}
# Is there while an engine runs that has not seen its daemon.json.
RESTART=${RESTART:-/var/lib/digitalocean-swarm/restart}
# Where the other scripts of this folder lie.
SBIN=${SBIN:-/usr/local/sbin}
APT_CONF=${APT_CONF:-/etc/apt/apt.conf.d/52digitalocean-swarm}
# Less than `timeouts.boot`, so that the reason is there when the first Command stops waiting.
PATIENCE=${PATIENCE:-540}
PAUSE=${PAUSE:-3}
STEP=starting REASON=''
export DEBIAN_FRONTEND=noninteractive
# shellcheck source=components/nodes/scripts/apt.sh
. "$SBIN/digitalocean-swarm-apt"

main() {
  mkdir -p "$(dirname "$MARKER")"
  rm -f "$MARKER"
  trap 'give_up' ERR
  # What a user's program says may be secret.
  (umask 077 && : >>"$LOG")
  exec >>"$LOG" 2>&1
  [[ -z ${EXTRA:-} ]] || step "running the commands of \`cloudInit\`" run_extra
  step "writing the Docker engine's daemon.json" configure_engine
  if engine_fits; then
    echo "a fitting engine is there"
  elif [[ $DOCKER_VERSION == distribution ]]; then
    step "installing the distribution's Docker engine" patiently install_distribution
  else
    step "adding Docker's package repository" add_docker_repository
    step "installing the Docker engine ($DOCKER_VERSION)" patiently install_docker_ce
    # An engine of a cluster is upgraded node by node, not by an unattended upgrade of all at once.
    step "holding the Docker engine at its version" patiently apt-mark hold docker-ce docker-ce-cli
  fi
  step "installing what else a node needs" install_tools
  step "looking at the Docker engine" check_engine
  [[ $SECURITY_UPDATES == image ]] || step "turning security updates $SECURITY_UPDATES" security_updates
  step "keeping containers from the metadata address and the swarm's ports" guard_from_containers
  step "starting the Docker engine" start_engine
  finish ok
}

step() {
  STEP=$1
  note "$STEP"
  shift
  "$@"
}

note() {
  echo "$(date --utc +%FT%TZ) $1"
  echo "$1" >"$PROGRESS"
}

give_up() { finish "while $STEP: ${REASON:-$(tail -n 3 "$LOG" | tr '\n' ' ' | cut -c -600)}"; }

# Written aside and moved, so that it is never read half.
finish() {
  echo "$1" >"$MARKER.new"
  mv "$MARKER.new" "$MARKER"
  rm -f "$PROGRESS"
}

run_extra() {
  "$EXTRA" && return
  REASON="they ended with status $?; what they said is in $LOG on the host"
  return 1
}

# Before an engine is installed, which then starts with it. One that the image has may run already.
configure_engine() {
  local outcome
  outcome=$(python3 "$SBIN/digitalocean-swarm-daemon" "$DAEMON" /etc/docker/daemon.json)
  [[ $outcome == changed ]] || return 0
  ! systemctl is-active --quiet docker.service || : >"$RESTART"
}

engine_version() { dockerd --version | sed -E 's/^Docker version ([0-9.]+).*/\1/'; }

engine_fits() {
  command -v dockerd >/dev/null || return 1
  case $DOCKER_VERSION in
    any) ;;
    distribution) is_installed docker.io ;;
    *) [[ $(engine_version) == "$DOCKER_VERSION" ]] ;;
  esac
}

# A hold is against changes that nobody asked for, and apt removes nothing that is held.
release_engine() {
  local held
  held=$(apt-mark showhold | grep -xE 'docker\.io|docker-cli|docker-ce|docker-ce-cli|containerd|containerd\.io|runc' || true)
  # shellcheck disable=SC2086 # names of packages, a word each
  [[ -z $held ]] || apt-mark unhold $held
}

# Debian's docker.io has the client in a package of its own from 13 on, and only recommends it.
install_distribution() {
  apt update || return
  local packages=(docker.io)
  ! has_package docker-cli || packages+=(docker-cli)
  release_engine && install_listed "${packages[@]}"
}

# https://docs.docker.com/engine/install/debian/ and .../ubuntu/
add_docker_repository() {
  # shellcheck source=/dev/null
  . /etc/os-release
  local key=/etc/apt/keyrings/docker.asc
  patiently install_packages ca-certificates curl
  install -d -m 0755 /etc/apt/keyrings
  patiently curl --fail --silent --show-error --location --connect-timeout 20 --max-time 60 \
    "$DOCKER_MIRROR/linux/$ID/gpg" -o "$key"
  echo "deb [arch=$(dpkg --print-architecture) signed-by=$key] $DOCKER_MIRROR/linux/$ID $VERSION_CODENAME stable" \
    >/etc/apt/sources.list.d/docker.list
}

install_docker_ce() {
  local packages=(docker-ce docker-ce-cli containerd.io) all version
  apt update || return
  if [[ $DOCKER_VERSION != any ]]; then
    # The package's version carries an epoch and the distribution: 5:28.5.1-1~ubuntu.24.04~noble.
    all=$(apt-cache madison docker-ce | awk '$3 ~ /^[0-9]+:/ { print $3 }')
    version=$(awk -v v=":$DOCKER_VERSION-" 'index($0, v) { print; exit }' <<<"$all")
    if [[ -z $version ]]; then
      echo "$DOCKER_MIRROR has no docker-ce $DOCKER_VERSION for $ID $VERSION_CODENAME; it has" \
        "$(sed -E 's/^[0-9]+:([^-]*).*/\1/' <<<"${all:-none}" | paste -s -d ' ')"
      return 1
    fi
    packages=("docker-ce=$version" "docker-ce-cli=$version" containerd.io)
  fi
  release_engine && install_listed "${packages[@]}"
}

# On an engine that was there, and on those of distributions that are different yet.
install_tools() {
  local packages=()
  command -v curl >/dev/null || packages+=(curl)
  command -v iptables >/dev/null || packages+=(iptables)
  if ! command -v docker >/dev/null; then
    local client=docker-cli
    ! is_installed docker-ce || client=docker-ce-cli=$(dpkg-query --show --showformat '${Version}' docker-ce)
    packages+=("$client")
  fi
  ((${#packages[@]} == 0)) || patiently install_packages "${packages[@]}"
}

check_engine() {
  local version
  version=$(engine_version)
  echo "dockerd is $version"
  case $DOCKER_VERSION in any | distribution | "$version") return ;; esac
  echo "$(command -v dockerd) is $version, though $DOCKER_VERSION was installed: remove what is in its way"
  return 1
}

# https://wiki.debian.org/UnattendedUpgrades; the file's name puts it after the package's own 20auto-upgrades.
security_updates() {
  local often=0
  if [[ $SECURITY_UPDATES == on ]]; then
    often=1
    command -v unattended-upgrade >/dev/null || patiently install_packages unattended-upgrades
  fi
  printf 'APT::Periodic::%s "%s";\n' Update-Package-Lists $often Unattended-Upgrade $often >"$APT_CONF"
}

guard_from_containers() {
  cat >/etc/systemd/system/digitalocean-swarm-guard.service <<UNIT
[Unit]
Description=Keep containers from the metadata service and the swarm's ports
Before=docker.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/digitalocean-swarm-guard $LISTEN_PORT $DATA_PATH_PORT
[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload
  systemctl enable --now digitalocean-swarm-guard.service
}

# One that took another's place is not always what runs.
start_engine() {
  local running
  engine enable --now
  running=$(docker version --format '{{.Server.Version}}' | sed 's/[^0-9.].*//') || true
  [[ $running == "$(engine_version)" && ! -e $RESTART ]] || engine restart
  rm -f "$RESTART"
}

# systemd tells only where its reason is.
engine() {
  systemctl "$@" docker.service && return
  REASON="it does not start: $(journalctl --unit docker.service --lines 50 --output cat |
    grep -m 1 -E 'unable to|failed to start daemon|level=fatal' || echo "see 'journalctl -u docker'")"
  return 1
}

main "$@"
