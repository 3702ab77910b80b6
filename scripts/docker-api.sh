# shellcheck shell=bash
# Makes the host's engine serve its API over TLS on 2376, beside the unit's own socket; with "off" takes it back.
# In: CA, CERTIFICATE, KEY (secret), UNLOCK_KEY (secret; empty where the swarm is not locked).
API_DIR=${API_DIR:-/etc/docker/digitalocean-swarm-api}
DROP_IN=${DROP_IN:-/etc/systemd/system/docker.service.d/50-digitalocean-swarm-api.conf}
DAEMON_JSON=${DAEMON_JSON:-/etc/docker/daemon.json}

main() {
  if [[ $1 == docker-api-off ]]; then turn_off; else turn_on; fi
}

turn_on() {
  ! grep -qs '"hosts"' "$DAEMON_JSON" ||
    fail "$DAEMON_JSON has \"hosts\", which cannot stand beside the addresses of docker.service: take it out, then run the update again"
  local command changed=
  command=$(unit_command)
  [[ -n $command && $command != *\\ ]] || fail "docker.service has no ExecStart of one line: see 'systemctl cat docker.service'"
  umask 077
  mkdir -p "$API_DIR"
  put "$API_DIR/ca.pem" "$CA"
  put "$API_DIR/cert.pem" "$CERTIFICATE"
  put "$API_DIR/key.pem" "$KEY"
  umask 022
  mkdir -p "$(dirname "$DROP_IN")"
  put "$DROP_IN" "[Service]
ExecStart=
$command -H tcp://0.0.0.0:2376 --tlsverify --tlscacert=$API_DIR/ca.pem --tlscert=$API_DIR/cert.pem --tlskey=$API_DIR/key.pem"
  [[ -n $changed ]] || serves || changed=yes
  [[ -n $changed ]] || return 0
  if ! restart_engine; then
    local reason
    reason=$(journalctl -u docker --no-pager -n 5 -o cat | tr '\n' ' ')
    turn_off
    fail "the engine did not start with its API on 2376, and runs again without: $reason"
  fi
  back_in_swarm
  serves || fail "nothing answers on port 2376; see 'journalctl -u docker'"
  say "serves the Docker API on 2376"
}

turn_off() {
  [[ -e $DROP_IN || -e $API_DIR ]] || return 0
  rm -rf "$API_DIR" "$DROP_IN"
  rmdir "$(dirname "$DROP_IN")" 2>/dev/null || true
  restart_engine || fail "the engine did not start again; see 'journalctl -u docker'"
  back_in_swarm
  say "serves the Docker API on 2376 no more"
}

# The unit's command line, ours left out: a drop-in can only replace it as a whole.
unit_command() {
  systemctl cat docker.service | awk -v ours="$DROP_IN" '
    /^# \// { skip = ($2 == ours) }
    !skip && /^ExecStart=./ { command = $0 }
    END { print command }'
}

# put FILE TEXT: sets `changed` where it was not so. Line ends at the end make no difference.
put() {
  local text
  text=$(printf '%s' "$2")
  [[ -e $1 && $(<"$1") == "$text" ]] && return
  printf '%s\n' "$text" >"$1.new"
  mv "$1.new" "$1"
  changed=yes
}

restart_engine() {
  systemctl daemon-reload
  systemctl restart docker.service && wait_until 60 "the engine to answer" engine_answers
}

# Containers of the swarm come back by themselves. The next manager's turn comes when this one is back, and the nodes
# have reported to the leader, which may be another now.
back_in_swarm() {
  if [[ $SWARM_STATE == locked && -n $UNLOCK_KEY ]]; then
    printf '%s\n' "$UNLOCK_KEY" | docker swarm unlock >/dev/null || fail "the engine could not be unlocked with the swarm's unlock key"
  fi
  wait_until 120 "the managers to answer" reads_swarm ||
    fail "is not back among the managers (state: $SWARM_STATE): $(docker node ls 2>&1 | head -n 1)"
  # A node that is ill for another reason is no reason to stop here.
  wait_until 60 "the managers to reach each other, and the nodes to report" all_well || true
}
all_well() {
  local states
  states=$(docker node ls --format '{{.Status}} {{.ManagerStatus}}' 2>/dev/null) &&
    [[ $states != *Unknown* && $states != *Unreachable* && $states == *Leader* ]]
}
reads_swarm() { docker node ls --quiet >/dev/null 2>&1; }

serves() { timeout 2 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2376' 2>/dev/null; }
