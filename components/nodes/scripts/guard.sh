#!/bin/sh
# Keeps containers from what is for hosts: guard.sh LISTEN_PORT DATA_PATH_PORT. Run at every boot, before the engine.
# What containers send leaves with their host's address, so that the cloud firewall takes them for the member that the
# host is; and at 169.254.169.254, an address that has no like in IPv6, user data can be read, with this host's SSH key.
# mangle is a table that Docker leaves alone, and what overlay networks send from host to host does not come through
# these chains.
set -eu
IF_INET6=${IF_INET6:-/proc/net/if_inet6}

# drop PROGRAM RULE...
drop() {
  program=$1
  shift
  "$program" -w -t mangle -C "$@" -j DROP 2>/dev/null || "$program" -w -t mangle -A "$@" -j DROP
}

drop iptables FORWARD -d 169.254.169.254
# A kernel without IPv6 has no such file.
for protocol in iptables $([ ! -e "$IF_INET6" ] || echo ip6tables); do
  # Docker's own bridges, and those of networks that people make.
  for bridge in docker+ br-+; do
    for chain in FORWARD INPUT; do
      drop "$protocol" "$chain" -i "$bridge" -p tcp -m multiport --dports "$1,7946"
      drop "$protocol" "$chain" -i "$bridge" -p udp -m multiport --dports "$2,7946"
    done
  done
done
