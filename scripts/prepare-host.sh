#!/usr/bin/env bash
# Makes a stock Debian or Ubuntu host a Docker host. Run once by cloud-init, at the first boot.
# In: DOCKER_VERSION: "any" (an engine that is there, or the newest), "distribution", or a version such as 28.5.1.
#     LISTEN_PORT and DATA_PATH_PORT: the swarm's, as in ports.ts.
#     SECURITY_UPDATES: "on", "off", or "image" (as the image has it).
# The outcome goes to MARKER, which the first Command reads: "ok", or the reason of the failure.
set -Eeuo pipefail
MARKER=${MARKER:-/var/lib/digitalocean-swarm/prepared}
LOG=${LOG:-/var/log/digitalocean-swarm-prepare.log}
APT_CONF=${APT_CONF:-/etc/apt/apt.conf.d/52digitalocean-swarm}
STEP=starting

main() {
  mkdir -p "$(dirname "$MARKER")"
  rm -f "$MARKER"
  trap 'give_up' ERR
  exec >>"$LOG" 2>&1
  if engine_fits; then
    echo "a fitting engine is there"
  elif [[ $DOCKER_VERSION == distribution ]]; then
    step "installing the distribution's Docker engine" install_packages docker.io curl
  else
    step "adding Docker's package repository" add_docker_repository
    step "installing the Docker engine ($DOCKER_VERSION)" install_docker_ce
  fi
  command -v curl >/dev/null || step "installing curl" install_packages curl
  [[ $SECURITY_UPDATES == image ]] || step "turning security updates $SECURITY_UPDATES" security_updates
  step "keeping containers from the metadata address and the swarm's ports" guard_from_containers
  step "starting the Docker engine" systemctl enable --now docker.service
  finish ok
}

step() {
  STEP=$1
  echo "$(date --utc +%FT%TZ) $STEP"
  shift
  "$@"
}

give_up() { finish "while $STEP: $(tail -n 3 "$LOG" | tr '\n' ' ' | cut -c -400)"; }

# Written aside and moved, so that it is never read half.
finish() {
  echo "$1" >"$MARKER.new"
  mv "$MARKER.new" "$MARKER"
}

# guard.sh lies beside this script.
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

# https://wiki.debian.org/UnattendedUpgrades; the file's name puts it after the package's own 20auto-upgrades.
security_updates() {
  local often=0
  if [[ $SECURITY_UPDATES == on ]]; then
    often=1
    command -v unattended-upgrade >/dev/null || install_packages unattended-upgrades
  fi
  printf 'APT::Periodic::%s "%s";\n' Update-Package-Lists $often Unattended-Upgrade $often >"$APT_CONF"
}

engine_fits() {
  command -v dockerd >/dev/null || return 1
  local version
  version=$(dockerd --version | sed -E 's/^Docker version ([0-9.]+).*/\1/')
  case $DOCKER_VERSION in
    any | distribution) return 0 ;;
    *) [[ $version == "$DOCKER_VERSION" ]] ;;
  esac
}

apt() { apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"; }

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt update
  apt install --no-install-recommends "$@"
}

# https://docs.docker.com/engine/install/debian/ and .../ubuntu/
add_docker_repository() {
  # shellcheck source=/dev/null
  . /etc/os-release
  install_packages ca-certificates curl
  install -d -m 0755 /etc/apt/keyrings
  curl --fail --silent --show-error --location --retry 5 "https://download.docker.com/linux/$ID/gpg" -o /etc/apt/keyrings/docker.asc
  echo "deb [arch=$(dpkg --print-architecture) signed-by=/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/$ID $VERSION_CODENAME stable" \
    >/etc/apt/sources.list.d/docker.list
}

install_docker_ce() {
  local packages=(docker-ce docker-ce-cli containerd.io) version
  if [[ $DOCKER_VERSION != any ]]; then
    apt update
    # The package's version carries an epoch and the distribution: 5:28.5.1-1~ubuntu.24.04~noble.
    version=$(apt-cache madison docker-ce | awk -v v=":$DOCKER_VERSION-" 'index($3, v) { print $3; exit }')
    if [[ -z $version ]]; then
      echo "Docker's repository has no docker-ce $DOCKER_VERSION for this distribution"
      return 1
    fi
    packages=("docker-ce=$version" "docker-ce-cli=$version" containerd.io)
  fi
  install_packages "${packages[@]}"
  # An engine of a cluster is upgraded node by node, not by an unattended upgrade of all at once.
  apt-mark hold docker-ce docker-ce-cli
}

main "$@"
