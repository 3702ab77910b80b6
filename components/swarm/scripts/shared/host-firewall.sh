# shellcheck shell=bash
# For scripts that look at why a port of this host is closed: what on the host itself may close it, beside the cloud
# firewall.
. shared/lib.sh

# A warning, as it may let members through: whether it does is found out when a node is new (newcomers.py). A manager that
# nobody reaches is found out by nobody else.
warn_of_host_firewall() {
  local found
  found=$(active_host_firewall "${LISTEN##*:}" 7946 "$DATA_PATH_PORT") || return 0
  say "warning: on this host $found. It must let the other nodes reach ${LISTEN##*:}/tcp on managers, 7946/tcp, 7946/udp and $DATA_PATH_PORT/udp"
}

# active_host_firewall PORT...: names, in one line, a firewall of this host that drops what comes in unless it is allowed,
# or that drops what comes for one of the ports. Says nothing, and returns 1, where there is none. Needs root. What Docker
# itself adds, and what keeps containers from the host (guard.sh), is no such thing.
active_host_firewall() {
  if command -v ufw >/dev/null && LC_ALL=C ufw status 2>/dev/null | grep -q '^Status: active'; then
    echo "ufw is active (see 'ufw status')"
  elif command -v firewall-cmd >/dev/null && firewall-cmd --state >/dev/null 2>&1; then
    echo "firewalld is running (see 'firewall-cmd --list-all')"
  else
    iptables_that_drop "$@" || nftables_that_drop
  fi
}

iptables_that_drop() {
  command -v iptables >/dev/null || return
  local rules ports=${*:-none} found
  rules=$(iptables -w 10 -S INPUT 2>/dev/null) || return
  # Docker's own rule for encrypted networks asks for packets without a policy; comments say nothing.
  found=$(sed -E -e '/--pol none/d' -e 's/ -m comment --comment ("[^"]*"|[^ ]+)//' <<<"$rules" | grep -m 1 -E \
    -e '^-P INPUT DROP' -e '^-A INPUT( ! ?-i lo| -i [^l][^ ]*)? -j (DROP|REJECT)' \
    -e "^-A INPUT .*--dports? ([0-9:]+,)*(${ports// /|})(,[0-9:]+)* .*-j (DROP|REJECT)") || return
  echo "iptables drops what comes in (see 'iptables -S INPUT': $found)"
}

# What iptables made is shown by nft too, in chains named INPUT, and was looked at above. Members meet by IPv4.
nftables_that_drop() {
  command -v nft >/dev/null || return
  local found
  found=$(nft list ruleset 2>/dev/null | awk '
    /^table / { table = $2 " " $3 }
    /^[ \t]*chain / { chain = $2; input = 0 }
    / hook input / { input = chain != "INPUT" && table !~ /^ip6 | docker/ }
    input && / hook input .*policy drop/ { print table " " chain; exit }
    input && /^[ \t]*(counter packets [0-9]+ bytes [0-9]+ )?(drop|reject)/ { print table " " chain; exit }')
  [[ -n $found ]] || return
  echo "nftables drops what comes in (see 'nft list chain $found')"
}
