# shellcheck shell=bash
# For docker-api.sh, and for join.sh before a host is a manager: the engine's API over TLS on 2376, beside what its unit
# serves. The engine takes it in when it starts.
. shared/host.sh

# In: CA, CERTIFICATE, KEY (secret), UNLOCK_KEY (secret).
# As the firewall knows it; another one for tests.
API_PORT=${API_PORT:-2376}
API_DIR=${API_DIR:-/etc/docker/digitalocean-swarm-api}
DROP_IN=${DROP_IN:-/etc/systemd/system/docker.service.d/50-digitalocean-swarm-api.conf}
DAEMON_JSON=${DAEMON_JSON:-/etc/docker/daemon.json}

serve() {
  ! has_hosts ||
    fail "$DAEMON_JSON has \"hosts\", which cannot stand beside the addresses of docker.service: take it out, then run the update again"
  local command
  command=$(api_command)
  umask 077
  mkdir -p "$API_DIR"
  rm -f "$API_DIR/served"
  put "$API_DIR/ca.pem" "$CA"
  put "$API_DIR/cert.pem" "$CERTIFICATE"
  put "$API_DIR/key.pem" "$KEY"
  umask 022
  mkdir -p "$(dirname "$DROP_IN")"
  put "$DROP_IN" "[Service]
ExecStart=
ExecStart=$command"
  if ! restart_engine; then
    local reason
    reason=$(journalctl -u docker --no-pager -n 5 -o cat | tr '\n' ' ')
    take_back
    fail "the engine did not start with its API on $API_PORT, and runs again without: $reason"
  fi
  back_in_swarm
  answers "127.0.0.1:$API_PORT" || fail "nothing answers on port $API_PORT; see 'journalctl -u docker'"
  put "$API_DIR/served" "$(wanted_api)"
  say "serves the Docker API on $API_PORT"
}

has_hosts() {
  [[ -e $DAEMON_JSON ]] && python3 -I -S -c 'import json, sys; sys.exit("hosts" not in json.load(open(sys.argv[1])))' "$DAEMON_JSON"
}

# That the engine was started with what is wanted is noted when it serves: a run may be cut before.
is_served() { [[ -e $API_DIR/served && $(<"$API_DIR/served") == "$(wanted_api)" ]] && answers "127.0.0.1:$API_PORT"; }
wanted_api() { printf '%s\n' "$(api_command)" "$CA" "$CERTIFICATE" "$KEY" | sha256sum; }

# The keys go last: as long as they are there, the engine may be running with them.
take_back() {
  rm -f "$DROP_IN"
  rmdir "$(dirname "$DROP_IN")" 2>/dev/null || true
  restart_engine || fail "the engine did not start again; see 'journalctl -u docker'"
  rm -rf "$API_DIR"
  back_in_swarm
}

api_command() {
  local command
  command=$(unit_command)
  [[ -n $command && $command != *\\ ]] || fail "docker.service has no ExecStart of one line: see 'systemctl cat docker.service'"
  echo "$command -H tcp://0.0.0.0:$API_PORT --tlsverify --tlscacert=$API_DIR/ca.pem --tlscert=$API_DIR/cert.pem --tlskey=$API_DIR/key.pem"
}

# The unit's command line, ours left out: a drop-in can only replace it as a whole.
unit_command() {
  systemctl cat docker.service | awk -v ours="$DROP_IN" '
    /^# \// { skip = ($2 == ours) }
    !skip && /^ExecStart=./ { command = substr($0, length("ExecStart=") + 1) }
    END { print command }'
}

# put FILE TEXT. Written aside and moved, so that it is never read half.
put() {
  printf '%s\n' "$(printf '%s' "$2")" >"$1.new"
  mv "$1.new" "$1"
}

restart_engine() {
  systemctl daemon-reload
  systemctl restart docker.service && wait_until "$WAIT_SECONDS" "the engine to answer" engine_answers
}

# Containers of the swarm come back by themselves. The next manager's turn comes when this one is back, and the nodes
# have reported to the leader, which may be another now.
back_in_swarm() {
  [[ $SWARM_STATE != inactive ]] || return 0
  if [[ $SWARM_STATE == locked && -n $UNLOCK_KEY ]]; then
    printf '%s\n' "$UNLOCK_KEY" | docker swarm unlock >/dev/null || fail "the engine could not be unlocked with the swarm's unlock key"
  fi
  wait_until $((2 * WAIT_SECONDS)) "the managers to answer" reads_swarm ||
    fail "is not back among the managers (state: $SWARM_STATE): $(docker node ls 2>&1 | head -n 1)"
  # A node that is ill for another reason is no reason to stop here.
  wait_until "$WAIT_SECONDS" "the managers to reach each other, and the nodes to report" all_well || true
}
all_well() {
  local states
  states=$(docker node ls --format '{{.Status}} {{.ManagerStatus}}' 2>/dev/null) &&
    [[ $states != *Unknown* && $states != *Unreachable* && $states == *Leader* ]]
}
reads_swarm() { docker node ls --quiet >/dev/null 2>&1; }
